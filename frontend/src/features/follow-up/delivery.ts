import { Problem } from "@/api/client";
import type { FollowUp } from "@/api/executions";
import { forgetOutgoing, readUnsent, takeBack } from "@/lib/unsent";

/** What came of sending: all is with the server, or why not, and where the words are now. */
export type Delivery =
  | { kind: "sent" }
  /** The server did not answer, or is in trouble: they wait here, to be sent again as the same message. */
  | { kind: "kept"; why: string }
  /** The server will not have them: they are in the field again. */
  | { kind: "refused"; why: string };

export type Send = (executionId: string, message: FollowUp) => Promise<unknown>;

const isPassing = (error: unknown) =>
  !(error instanceof Problem) || error.status === 0 || error.status >= 500;

const delivering = new Set<string>();

/**
 * Sends what is to be sent to a run, one after the other in the user's order. Null: that is going on already, and
 * takes along what was added meanwhile.
 */
export async function deliver(executionId: string, send: Send): Promise<Delivery | null> {
  if (delivering.has(executionId)) return null;
  delivering.add(executionId);
  try {
    for (let next = first(executionId); next; next = first(executionId)) {
      // In order: the second only after the first.
      // oxlint-disable-next-line no-await-in-loop
      await send(executionId, next);
      forgetOutgoing(executionId, next.key);
    }
    return { kind: "sent" };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    if (isPassing(error)) return { kind: "kept", why };
    takeBack(executionId);
    return { kind: "refused", why };
  } finally {
    delivering.delete(executionId);
  }
}

const first = (executionId: string) => readUnsent(executionId).outgoing[0];
