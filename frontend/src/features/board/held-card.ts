import { dropTargetAt } from "./drag";
import type { DropTarget } from "./drag";
import styles from "./held-card.module.css";

/** So near an edge, in px, what is below the finger scrolls; at the edge itself as many px in a ms. */
const EDGE = 48;
const SPEED = 0.9;

export type Point = { readonly clientX: number; readonly clientY: number };

/** How fast to scroll along a side from `start` to `end` with the finger at `at`. */
export function edgeSpeed(at: number, start: number, end: number): number {
  const before = Math.max(0, start + EDGE - at);
  const behind = Math.max(0, at - (end - EDGE));
  return (SPEED * Math.min(EDGE, Math.max(before, behind)) * (before > behind ? -1 : 1)) / EDGE;
}

function pictureOf(card: Element): HTMLElement {
  const picture = document.createElement("div");
  picture.className = styles.picture ?? "";
  picture.inert = true;
  picture.style.width = `${card.getBoundingClientRect().width}px`;
  picture.append(card.cloneNode(true));
  return picture;
}

/** A card in the hand: its picture below the finger, the mark where it would go, and the edges that scroll. */
export class HeldCard {
  private target: DropTarget | null = null;
  /** The target that scrolls: also while the finger is beside it. */
  private near: DropTarget | null = null;
  private readonly picture: HTMLElement;
  private readonly grip: Point;
  private frame: number;

  constructor(
    private readonly cardId: string,
    card: Element,
    private at: Point,
    private readonly screen: Element,
  ) {
    const { left, top } = card.getBoundingClientRect();
    this.grip = { clientX: at.clientX - left, clientY: at.clientY - top };
    this.picture = pictureOf(card);
    document.body.append(this.picture);
    this.moveTo(at);
    this.frame = requestAnimationFrame((now) => this.scroll(now, now));
  }

  moveTo(at: Point): void {
    this.at = at;
    this.picture.style.transform = `translate(${at.clientX - this.grip.clientX}px, ${at.clientY - this.grip.clientY}px)`;
    this.mark();
  }

  /** Lets go: returns whether the card went to another place. */
  drop(): boolean {
    const { target } = this;
    this.end();
    return (target?.drop(this.cardId, this.at.clientY) ?? null) !== null;
  }

  end(): void {
    cancelAnimationFrame(this.frame);
    this.picture.remove();
    this.target?.leave();
  }

  private mark(): void {
    const target = dropTargetAt(this.at.clientX, this.at.clientY);
    if (target !== this.target) this.target?.leave();
    this.target = target;
    this.near = target ?? this.near;
    target?.over(this.at.clientY);
  }

  private scroll(now: number, before: number): void {
    let element = this.near?.element ?? null;
    for (; element && element !== this.screen; element = element.parentElement) {
      const { left, right, top, bottom } = element.getBoundingClientRect();
      const along = edgeSpeed(this.at.clientX, left, right) * (now - before);
      const down = edgeSpeed(this.at.clientY, top, bottom) * (now - before);
      if (element.scrollWidth > element.clientWidth) element.scrollLeft += along;
      if (element.scrollHeight > element.clientHeight) element.scrollTop += down;
    }
    this.mark();
    this.frame = requestAnimationFrame((next) => this.scroll(next, now));
  }
}
