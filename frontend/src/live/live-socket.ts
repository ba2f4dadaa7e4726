import type { Frame } from "./topics";

export type LiveStatus = {
  /** `connecting` is the first attempt; `offline` = no network, or the server has been away for several attempts. */
  readonly state: "connecting" | "live" | "reconnecting" | "offline";
  /** When the connection was lost (ms since the epoch); null while it is live or was never there. */
  readonly lostAt: number | null;
};

type Handlers = { onOpen: () => void; onFrame: (frame: Frame) => void };

const FIRST_DELAY_MS = 250;
const LAST_DELAY_MS = 5_000;
const ATTEMPTS_UNTIL_OFFLINE = 4;
/** A silent connection is asked for a sign of life after this long, and given up when none comes. */
const SILENCE_MS = 25_000;
const ANSWER_MS = 5_000;
/** How often the silence is looked at: by the clock on the wall, which goes on while a laptop sleeps, as timers do not. */
const LOOK_MS = 5_000;
/** A network that swallows everything does not refuse either: an attempt is given up, too. */
const OPEN_MS = 10_000;

/** How long to wait before attempt 0, 1, 2 …: doubling to five seconds, with up to half of it taken off at random. */
export function backoff(attempt: number, random: number): number {
  return Math.min(FIRST_DELAY_MS * 2 ** attempt, LAST_DELAY_MS) * (1 - random / 2);
}

/** One WebSocket that comes back after it is lost: backoff, at once when the network or the reader returns. */
export class LiveSocket {
  status: LiveStatus = { state: "connecting", lostAt: null };
  private readonly listeners = new Set<() => void>();
  private socket: WebSocket | null = null;
  private wanted = false;
  private attempts = 0;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private watch: ReturnType<typeof setInterval> | undefined;
  /** When what was asked, or the attempt, is given up. */
  private patience: ReturnType<typeof setTimeout> | undefined;
  private heardAt = 0;

  constructor(
    private readonly open: () => WebSocket,
    private readonly handlers: Handlers,
    private readonly random: () => number,
  ) {
    window.addEventListener("online", () => this.reconnectNow());
    window.addEventListener("offline", () => this.lose());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.reconnectNow();
    });
  }

  get isOpen(): boolean {
    return this.socket?.readyState === WebSocket.OPEN;
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  send(message: Record<string, unknown>): void {
    if (this.isOpen) this.socket?.send(JSON.stringify(message));
  }

  connect(): void {
    this.wanted = true;
    if (this.socket || this.retry !== undefined) return;
    this.attempt();
  }

  close(): void {
    this.wanted = false;
    this.drop();
    this.attempts = 0;
    this.report("connecting");
  }

  private attempt(): void {
    this.retry = undefined;
    const socket = this.open();
    this.socket = socket;
    this.patience = setTimeout(() => this.lose(), OPEN_MS);
    socket.addEventListener("open", () => {
      if (socket !== this.socket) return;
      this.attempts = 0;
      this.report("live");
      this.heard();
      this.watch = setInterval(() => {
        if (Date.now() - this.heardAt >= SILENCE_MS) this.ask();
      }, LOOK_MS);
      this.handlers.onOpen();
    });
    socket.addEventListener("message", (event: MessageEvent<string>) => {
      if (socket !== this.socket) return;
      this.heard();
      const frame: Frame = JSON.parse(event.data);
      this.handlers.onFrame(frame);
    });
    socket.addEventListener("close", () => {
      if (socket === this.socket) this.lose();
    });
  }

  private heard(): void {
    this.heardAt = Date.now();
    clearTimeout(this.patience);
    this.patience = undefined;
  }

  private ask(): void {
    if (this.patience !== undefined) return;
    this.send({ op: "ping" });
    this.patience = setTimeout(() => this.lose(), ANSWER_MS);
  }

  private lose(): void {
    this.drop();
    if (!this.wanted) return;
    const delay = backoff(this.attempts, this.random());
    this.attempts += 1;
    const offline = !navigator.onLine || this.attempts > ATTEMPTS_UNTIL_OFFLINE;
    this.report(offline ? "offline" : "reconnecting");
    this.retry = setTimeout(() => this.attempt(), delay);
  }

  /** The network or the reader is back: no reason to wait, and a reason to doubt a connection that looks open. */
  private reconnectNow(): void {
    if (!this.wanted) return;
    if (this.isOpen) {
      this.ask();
    } else {
      // An attempt that is under way may hang: it began on the network that is gone.
      this.drop();
      this.attempt();
    }
  }

  private drop(): void {
    clearTimeout(this.retry);
    clearInterval(this.watch);
    clearTimeout(this.patience);
    this.retry = undefined;
    this.patience = undefined;
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }

  private report(state: LiveStatus["state"]): void {
    if (state === this.status.state) return;
    const away = state === "reconnecting" || state === "offline";
    this.status = { state, lostAt: away ? (this.status.lostAt ?? Date.now()) : null };
    for (const listener of this.listeners) listener();
  }
}
