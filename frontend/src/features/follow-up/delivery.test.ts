import { beforeEach, describe, expect, it } from "vitest";

import { Problem } from "@/api/client";
import type { FollowUp } from "@/api/executions";
import { forgetUnsent, readUnsent, sendDraft, writeDraft } from "@/lib/unsent";

import { deliver } from "./delivery";

const say = (text: string) => {
  writeDraft("e", text);
  sendDraft("e");
};

beforeEach(() => forgetUnsent("e"));

describe("words for an agent", () => {
  it("go out one after the other, in the user's order, also what is added meanwhile", async () => {
    const sent: string[] = [];
    say("one");
    say("two");
    const going = deliver("e", async (_, { text }) => {
      sent.push(text);
      if (text === "one") say("three");
    });
    await expect(deliver("e", () => Promise.reject(new Error("a second one")))).resolves.toBeNull();
    await expect(going).resolves.toEqual({ kind: "sent" });
    expect(sent).toEqual(["one", "two", "three"]);
    expect(readUnsent("e").outgoing).toEqual([]);
  });

  it.each([0, 500, 503])("are kept after a %d, and sent again as the same message", async (status) => {
    say("one");
    const tries: FollowUp[] = [];
    const fails = async (_: string, message: FollowUp) => {
      tries.push(message);
      throw new Problem(status, "Nobody answered.");
    };
    await expect(deliver("e", fails)).resolves.toEqual({ kind: "kept", why: "Nobody answered." });
    await deliver("e", async (_, message) => tries.push(message));
    expect(tries).toHaveLength(2);
    expect(tries[1]).toEqual(tries[0]);
  });

  it.each([409, 422])(
    "are in the field again after a %d, in their order, before what is typed",
    async (status) => {
      say("one");
      say("two");
      writeDraft("e", "three");
      const refuses = () => Promise.reject(new Problem(status, "It is over."));
      await expect(deliver("e", refuses)).resolves.toEqual({ kind: "refused", why: "It is over." });
      expect(readUnsent("e")).toEqual({ draft: "one\n\ntwo\n\nthree", outgoing: [] });
    },
  );
});
