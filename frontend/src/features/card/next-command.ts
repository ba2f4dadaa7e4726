import { commands } from "@/api/types";
import type { Card, Command } from "@/api/types";

/** The command that the card most likely wants next: the following one after a success, else the same again; null after the last. */
export function nextCommand(card: Card): Command | null {
  const run = card.activeExecution;
  if (!run) return card.plan === null ? "/plan" : "/implement";
  if (run.status !== "success") return run.command;
  return commands[commands.indexOf(run.command) + 1] ?? null;
}
