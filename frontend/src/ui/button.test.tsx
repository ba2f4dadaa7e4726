import { act } from "react";
import { createRoot } from "react-dom/client";
import { expect, it, vi } from "vitest";

import { Button } from "./button";

it("is pressed once: while the answer is awaited it says that it is busy and takes no click", () => {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
  const host = document.createElement("div");
  const root = createRoot(host);
  const pressed = vi.fn();
  const show = (loading: boolean) =>
    act(() =>
      root.render(
        <Button loading={loading} onClick={pressed}>
          Go
        </Button>,
      ),
    );
  show(false);
  const button = host.querySelector("button");
  // Not one that sends the form it stands in.
  expect(button?.type).toBe("button");
  act(() => button?.click());
  show(true);
  expect(button?.getAttribute("aria-busy")).toBe("true");
  expect(button?.textContent).toBe("Go");
  act(() => button?.click());
  expect(pressed).toHaveBeenCalledTimes(1);
  act(() => root.unmount());
});
