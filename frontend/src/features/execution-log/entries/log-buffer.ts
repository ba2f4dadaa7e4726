import type { Entry } from "@/api/types";

export const PAGE_SIZE = 500;
export const PAGES_KEPT = 60;
/** Characters kept at most: pages of 64 KiB entries would otherwise take gigabytes. */
const CHARACTERS_KEPT = 32_000_000;
const PAGES_ALWAYS_KEPT = 4;

/** Sequences from `first` to `last`, both included. */
export type Range = { first: number; last: number };

/** `null` in a page: asked for and not there (removed by retention). `undefined`: not read yet. */
type Slot = Entry | null | undefined;

type Page = { slots: Slot[]; characters: number };

export const pageOf = (sequence: number): number => Math.floor((sequence - 1) / PAGE_SIZE);

/** The id of the tool call whose result this is, or null. */
function answeredBy({ kind, data }: Entry): string | null {
  const id = kind === "result" ? data?.["toolUseId"] : null;
  return typeof id === "string" ? id : null;
}

/** Runs `notify` later, once for all changes until then. `waiting` tells how many lines there are to show. */
export type Schedule = (notify: () => void, waiting: () => number) => void;

/** Between two changes of the view, in ms: each costs as much as several lines. */
const REST_MS = 30;
/** The same while lines come in a flood, which nobody reads: what has gone by again is not drawn. */
const FLOOD_REST_MS = 100;
const FLOOD_LINES = 3;

/** The next frame that comes long enough after the last change: a line that comes alone does not wait. */
function calmly(): Schedule {
  let changed = -Infinity;
  return (notify, waiting) => {
    const look = (now: number): void => {
      if (now - changed < (waiting() > FLOOD_LINES ? FLOOD_REST_MS : REST_MS)) {
        requestAnimationFrame(look);
        return;
      }
      changed = now;
      notify();
    };
    requestAnimationFrame(look);
  };
}

/**
 * The entries of one execution that are held in memory: pages of 500 by sequence, the least recently used dropped.
 * Pure data: it asks for nothing by itself and knows nothing of connections or of React.
 */
export class LogBuffer {
  private readonly pages = new Map<number, Page>();
  /** Where the result of each tool call that is held stands, by the call's id. */
  private readonly results = new Map<string, number>();
  private characters = 0;
  private headSequence = 0;
  private shownHead = 0;
  private cursor = 0;
  private shows = 0;
  private announced = false;
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly schedule: Schedule = calmly(),
    /** Where an entry stands: by its sequence, unless some are left out. */
    private readonly placeOf: (entry: Entry) => number = ({ sequence }) => sequence,
  ) {}

  /**
   * The last sequence known to be stored; of a log that is followed, the last that is shown: what else is drawn anew
   * meanwhile does not draw the lines that have just come.
   */
  get head(): number {
    return this.shownHead;
  }

  /** The last sequence that came live: the cursor. */
  get last(): number {
    return this.cursor;
  }

  /** Grows whenever changes are to be shown. */
  get version(): number {
    return this.shows;
  }

  /** Calls `listener` after changes, at most once per frame and some 30 times a second; returns the way to stop it. */
  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** The entry, `null` where it is known to be gone, `undefined` where it has not been read. */
  get(sequence: number): Slot {
    return this.pages.get(pageOf(sequence))?.slots[(sequence - 1) % PAGE_SIZE];
  }

  /** The last entries that are held, in order, at most `limit` of them. */
  held(limit: number): Entry[] {
    const pages = [...this.pages].toSorted(([one], [other]) => one - other);
    const entries = pages.flatMap(([, page]) =>
      page.slots.filter((slot) => slot !== undefined && slot !== null),
    );
    return entries.slice(-limit);
  }

  /** The result of the tool call at `sequence`, where it is held. */
  resultOf(sequence: number): Entry | undefined {
    const call = this.get(sequence);
    const id = call?.kind === "tool" ? call.data?.["toolUseId"] : undefined;
    const at = typeof id === "string" ? this.results.get(id) : undefined;
    return (at === undefined ? undefined : this.get(at)) ?? undefined;
  }

  /** Learns that the log reaches at least to `head`. */
  raiseHead(head: number): void {
    if (head <= this.headSequence) return;
    this.headSequence = this.shownHead = head;
    this.changed();
  }

  /** Takes the first answer, the tail: from its end on entries come live. */
  start(entries: readonly Entry[], head: number): void {
    this.cursor = Math.max(this.cursor, head);
    this.headSequence = this.shownHead = Math.max(this.headSequence, head);
    this.add(entries);
  }

  /**
   * Takes entries that came live, by one rule: the next one is appended, a known one ignored, and before one from
   * further on the missing range is returned, to be read by page calls.
   */
  receive(entries: readonly Entry[]): Range[] {
    const gaps: Range[] = [];
    for (const entry of entries) {
      const place = this.placeOf(entry);
      if (place <= this.cursor) continue;
      if (place > this.cursor + 1) gaps.push({ first: this.cursor + 1, last: place - 1 });
      this.cursor = place;
      this.append(entry);
    }
    this.headSequence = Math.max(this.headSequence, this.cursor);
    this.drop();
    this.changed();
    return gaps;
  }

  /**
   * Takes the answer of a page call. With `asked`, what is missing in that range is gone for good: the caller has
   * read it to its end.
   */
  add(entries: readonly Entry[], asked?: Range): void {
    for (const entry of entries) this.put(this.hold(pageOf(this.placeOf(entry))), entry);
    if (asked) this.markGone(asked);
    this.drop();
    this.changed();
  }

  /** Pages with an entry of `range` that is not read yet; all pages of the range count as used now. */
  missing(range: Range): number[] {
    const pages: number[] = [];
    const first = Math.max(1, range.first);
    const last = Math.min(this.headSequence, range.last);
    for (let number = pageOf(first); number <= pageOf(last); number++) {
      const page = this.pages.get(number);
      if (page) {
        this.pages.delete(number);
        this.pages.set(number, page);
      }
      if (!page || this.hasHole(page, number, first, last)) pages.push(number);
    }
    return pages;
  }

  private hasHole(page: Page, number: number, first: number, last: number): boolean {
    const from = Math.max(first, number * PAGE_SIZE + 1);
    const to = Math.min(last, (number + 1) * PAGE_SIZE);
    for (let sequence = from; sequence <= to; sequence++) {
      if (page.slots[(sequence - 1) % PAGE_SIZE] === undefined) return true;
    }
    return false;
  }

  private hold(number: number): Page {
    let page = this.pages.get(number);
    if (!page) {
      page = { slots: Array.from<Slot>({ length: PAGE_SIZE }), characters: 0 };
      this.pages.set(number, page);
    }
    return page;
  }

  private append(entry: Entry): void {
    // A page is begun by its first entry; in the middle of a page that is not held, only the head moves.
    const place = this.placeOf(entry);
    const begins = (place - 1) % PAGE_SIZE === 0;
    const page = begins ? this.hold(pageOf(place)) : this.pages.get(pageOf(place));
    if (page) this.put(page, entry);
  }

  private put(page: Page, entry: Entry): void {
    const slot = (this.placeOf(entry) - 1) % PAGE_SIZE;
    if (page.slots[slot]) return;
    page.slots[slot] = entry;
    const id = answeredBy(entry);
    if (id !== null) this.results.set(id, this.placeOf(entry));
    page.characters += entry.content.length;
    this.characters += entry.content.length;
  }

  private markGone(asked: Range): void {
    for (let sequence = asked.first; sequence <= asked.last; sequence++) {
      const page = this.hold(pageOf(sequence));
      const slot = (sequence - 1) % PAGE_SIZE;
      if (page.slots[slot] === undefined) page.slots[slot] = null;
    }
  }

  private drop(): void {
    for (const [number, page] of this.pages) {
      const tooHeavy = this.characters > CHARACTERS_KEPT && this.pages.size > PAGES_ALWAYS_KEPT;
      if (this.pages.size <= PAGES_KEPT && !tooHeavy) return;
      this.pages.delete(number);
      this.characters -= page.characters;
      for (const entry of page.slots) this.results.delete((entry && answeredBy(entry)) ?? "");
    }
  }

  private changed(): void {
    if (this.announced) return;
    this.announced = true;
    this.schedule(
      () => {
        this.announced = false;
        this.shownHead = this.headSequence;
        this.shows++;
        for (const listener of this.listeners) listener();
      },
      () => this.headSequence - this.shownHead,
    );
  }
}
