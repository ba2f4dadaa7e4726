import type { Execution, Message } from "@/api/types";
import type { Outgoing } from "@/lib/unsent";

export type Pending = { key: string; text: string; state: "sending" | "on-the-way" };

const isOnTheWay = ({ state }: Message) => state === "queued" || state === "sending";

/** The user's messages that the agent has not taken in: those the server has, then those that are on their way to it. */
export function pendingOf(execution: Execution, outgoing: readonly Outgoing[]): Pending[] {
  const stored = execution.messages.filter(isOnTheWay);
  const here = outgoing.filter(({ key }) => !execution.messages.some((one) => one.idempotencyKey === key));
  return [
    ...stored.map(({ n, text }): Pending => ({ key: String(n), text, state: "on-the-way" })),
    ...here.map(({ key, text }): Pending => ({ key, text, state: "sending" })),
  ];
}

/** What the run ended too early for. */
export function undeliveredOf(execution: Execution): Message[] {
  return execution.messages.filter(({ state }) => state === "undelivered");
}
