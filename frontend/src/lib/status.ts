import {
  IconAlertTriangle,
  IconCheck,
  IconCircleDashed,
  IconHandStop,
  IconHourglass,
  IconLoader2,
  IconSquare,
  IconUnlink,
} from "@tabler/icons-react";
import type { Icon } from "@tabler/icons-react";

import { t } from "./messages";

/** The statuses of an execution on the wire, and `idle` for a card without one. */
export type CardStatus =
  | "idle"
  | "queued"
  | "running"
  | "waiting"
  | "success"
  | "error"
  | "cancelled"
  | "interrupted";

/** A status is shown by icon, word and colour together; the colour is `--status-<status>` of tokens.css. */
export const statusIcons: Record<CardStatus, Icon> = {
  idle: IconCircleDashed,
  queued: IconHourglass,
  running: IconLoader2,
  waiting: IconHandStop,
  success: IconCheck,
  error: IconAlertTriangle,
  cancelled: IconSquare,
  interrupted: IconUnlink,
};

export function statusWord(status: CardStatus): string {
  return t.status[status];
}

/** Whether a run in this state is still going on. */
export function isUnfinished(status: CardStatus): boolean {
  return status === "queued" || status === "running" || status === "waiting";
}
