import { Problem } from "@/api/client";

import { PAGE_SIZE } from "./log-buffer";
import type { LogBuffer, Range } from "./log-buffer";
import type { EntrySource } from "./log-source";

const AT_ONCE = 2;
const FIRST_DELAY_MS = 500;
const LAST_DELAY_MS = 10_000;

/** Whether asking again can help: no answer, or an error of the server's. */
export const isPassing = (error: unknown): boolean =>
  !(error instanceof Problem) || error.status === 0 || error.status >= 500;

export const delayOf = (failures: number): number => Math.min(FIRST_DELAY_MS * 2 ** failures, LAST_DELAY_MS);

/**
 * Reads the pages that the view misses: two at once, only what is wanted now. What a fast scroll has passed is not
 * read any more. A failed call is made again after a while as long as its page is wanted.
 */
export class PageLoader {
  private wanted: number[] = [];
  private readonly running = new Map<number, AbortController>();
  private failures = 0;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private refused = false;

  constructor(
    private readonly buffer: LogBuffer,
    private readonly source: EntrySource,
    /** Hears of a failure, and `null` when it is over. */
    private readonly onProblem: (error: unknown) => void,
  ) {}

  /** Reads what is missing in `range`, and nothing else any more. */
  want(range: Range): void {
    this.wanted = this.buffer.missing(range);
    for (const [page, controller] of this.running) {
      if (!this.wanted.includes(page)) controller.abort();
    }
    this.start();
  }

  /** Asks again after a refusal. */
  again(): void {
    this.refused = false;
    this.start();
  }

  stop(): void {
    clearTimeout(this.retry);
    this.retry = undefined;
    this.wanted = [];
    for (const controller of this.running.values()) controller.abort();
  }

  private start(): void {
    if (this.retry !== undefined || this.refused) return;
    for (const page of this.wanted) {
      if (this.running.size >= AT_ONCE) return;
      if (!this.running.has(page)) void this.load(page);
    }
  }

  private async load(page: number): Promise<void> {
    const controller = new AbortController();
    this.running.set(page, controller);
    try {
      await this.read(page, controller.signal);
      this.wanted = this.wanted.filter((each) => each !== page);
      if (this.failures > 0) this.onProblem(null);
      this.failures = 0;
    } catch (error) {
      if (!controller.signal.aborted) this.failed(error);
    }
    this.running.delete(page);
    this.start();
  }

  private failed(error: unknown): void {
    this.onProblem(error);
    if (!isPassing(error)) {
      this.refused = true;
    } else if (this.retry === undefined) {
      this.retry = setTimeout(() => {
        this.retry = undefined;
        this.start();
      }, delayOf(this.failures));
    }
    this.failures += 1;
  }

  private async read(page: number, signal: AbortSignal): Promise<void> {
    const first = page * PAGE_SIZE + 1;
    const last = Math.min(first + PAGE_SIZE - 1, this.buffer.head);
    for (let after = first - 1; after < last;) {
      // An answer may be shorter than asked for; each call goes on where the one before ended.
      // oxlint-disable-next-line no-await-in-loop
      const answer = await this.source.readAfter(after, last - after, signal);
      const final = answer.logs.at(-1);
      const end = final && this.source.placeOf(final);
      this.buffer.add(answer.logs);
      if (end === undefined || end <= after) break;
      after = end;
    }
    if (!signal.aborted) this.buffer.add([], { first, last });
  }
}
