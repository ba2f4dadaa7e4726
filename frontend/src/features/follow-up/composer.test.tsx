import { act } from "react";
import { createRoot } from "react-dom/client";
import type { Root } from "react-dom/client";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { Execution } from "@/api/types";
import type { Unsent } from "@/lib/unsent";

import { Composer } from "./composer";
import type { Delivery } from "./delivery";

let root: Root;
let host: HTMLElement;
const onSend = vi.fn();
const onRetry = vi.fn();

beforeEach(() => {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
  host = document.body.appendChild(document.createElement("div"));
  root = createRoot(host);
  vi.clearAllMocks();
});

afterEach(() => {
  act(() => root.unmount());
  host.remove();
});

type Shown = { unsent?: Partial<Unsent>; delivery?: Delivery; deaf?: string };

function show({ unsent, delivery, deaf }: Shown = {}): HTMLTextAreaElement {
  act(() =>
    root.render(
      <Composer
        execution={{ id: "e", messages: [] } as unknown as Execution}
        unsent={{ draft: "Mind the tests.", outgoing: [], ...unsent }}
        delivery={delivery ?? null}
        deaf={deaf ?? null}
        onSend={onSend}
        onRetry={onRetry}
      />,
    ),
  );
  const field = host.querySelector("textarea");
  if (!field) throw new Error("there is no field");
  return field;
}

function press(field: HTMLElement, key: string, rest: KeyboardEventInit = {}): boolean {
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...rest });
  act(() => void field.dispatchEvent(event));
  return event.defaultPrevented;
}

const sendButton = () => host.querySelector<HTMLButtonElement>('button[aria-label="Send"]');

describe("the field for words to the agent", () => {
  it("sends with Enter; Shift+Enter, and the Enter of an input method, stay the field's own", () => {
    const field = show();
    expect(press(field, "Enter", { shiftKey: true })).toBe(false);
    expect(press(field, "Enter", { isComposing: true })).toBe(false);
    expect(onSend).not.toHaveBeenCalled();
    expect(press(field, "Enter")).toBe(true);
    expect(onSend).toHaveBeenCalledOnce();
  });

  it("has nothing to send while it is blank", () => {
    show({ unsent: { draft: " \n" } });
    expect(sendButton()?.disabled).toBe(true);
  });

  it("says why nobody hears now, keeps the draft, and takes nothing", () => {
    const field = show({ deaf: "The run is being cancelled." });
    expect(field.disabled).toBe(true);
    expect(field.value).toBe("Mind the tests.");
    expect(sendButton()?.disabled).toBe(true);
    const hint = document.querySelector(`[id="${field.getAttribute("aria-describedby")}"]`);
    expect(hint?.textContent).toBe("The run is being cancelled.");
  });

  it("shows at once what is being sent", () => {
    show({ unsent: { draft: "", outgoing: [{ key: "k", text: "One more thing." }] } });
    expect(host.querySelector("li")?.textContent).toContain("One more thing.");
    expect(host.querySelector("li")?.textContent).toContain("Sending");
  });

  it("offers to try again what waits here, and only says why something was refused", () => {
    show({ delivery: { kind: "kept", why: "Nobody answered." } });
    expect(host.querySelector('[role="alert"]')?.textContent).toContain("Nobody answered.");
    act(() => host.querySelector<HTMLButtonElement>('[role="alert"] button')?.click());
    expect(onRetry).toHaveBeenCalledOnce();
    show({ delivery: { kind: "refused", why: "It is over." } });
    expect(host.querySelector('[role="alert"]')?.textContent).toContain("It is over.");
    expect(host.querySelector('[role="alert"] button')).toBeNull();
  });
});
