import { beforeEach, describe, expect, it } from "vitest";

import {
  forgetOutgoing,
  forgetUnsent,
  joinTexts,
  readUnsent,
  sendDraft,
  takeBack,
  writeDraft,
} from "./unsent";

const stored = () => localStorage.getItem("retoma-unsent-e");

beforeEach(() => {
  forgetUnsent("e");
  forgetUnsent("f");
});

describe("what was typed for a run", () => {
  it("is kept per run, as it is, until it is sent", () => {
    writeDraft("e", "  mind the \n tests ");
    expect(readUnsent("e").draft).toBe("  mind the \n tests ");
    expect(readUnsent("f").draft).toBe("");
    expect(JSON.parse(stored() ?? "")).toMatchObject({ draft: "  mind the \n tests " });
  });

  it("has a key of its own once it is to be sent, and the same one at each try", () => {
    for (const text of ["one", "two"]) {
      writeDraft("e", text);
      sendDraft("e");
    }
    const [first, second] = readUnsent("e").outgoing;
    expect([first?.text, second?.text, readUnsent("e").draft]).toEqual(["one", "two", ""]);
    expect(first?.key).toMatch(/^[0-9a-f]{32}$/);
    expect(first?.key).not.toBe(second?.key);
    expect(JSON.parse(stored() ?? "").outgoing).toEqual(readUnsent("e").outgoing);
  });

  it("is not sent when it is blank", () => {
    writeDraft("e", " \n ");
    sendDraft("e");
    expect(readUnsent("e")).toEqual({ draft: " \n ", outgoing: [] });
  });

  it("goes before what is typed meanwhile when it is taken back", () => {
    for (const text of ["first", "second"]) {
      writeDraft("e", text);
      sendDraft("e");
    }
    writeDraft("e", "then");
    takeBack("e");
    expect(readUnsent("e")).toEqual({ draft: "first\n\nsecond\n\nthen", outgoing: [] });
  });

  it("leaves nothing behind when the server has it", () => {
    writeDraft("e", "one");
    sendDraft("e");
    forgetOutgoing("e", readUnsent("e").outgoing[0]?.key ?? "");
    expect(stored()).toBeNull();
  });
});

it("texts are joined without the blank ones", () => {
  expect(joinTexts(["a", "", " ", "b"])).toBe("a\n\nb");
});
