import { useElementSize } from "@mantine/hooks";
import { useState } from "react";
import type { ReactNode } from "react";

import styles from "./charts.module.css";

/** Where the drawing of one column belongs, in px: `y` tells the height of a value. */
export type Band = { x: number; width: number; y: (value: number) => number };

type Props = {
  /** What the picture is, in words. */
  label: string;
  names: readonly string[];
  ticks: readonly number[];
  formatTick: (value: number) => string;
  renderBand: (index: number, band: Band) => ReactNode;
  /** The figures of one column, told while the pointer is on it. */
  tell: (index: number) => string;
};

const HEIGHT = 200;
const LEFT = 58;
const TOP = 10;
const BOTTOM = 24;
/** A name below the axis needs so much room. */
const NAME = 68;

function Axis({
  ticks,
  formatTick,
  width,
  y,
}: Pick<Props, "ticks" | "formatTick"> & { width: number; y: Band["y"] }) {
  return ticks.map((tick) => (
    <g key={tick}>
      <line className={styles.line} x1={LEFT} x2={width} y1={y(tick)} y2={y(tick)} />
      <text className={styles.tick} x={LEFT - 8} y={y(tick)} dy="0.32em" textAnchor="end">
        {formatTick(tick)}
      </text>
    </g>
  ));
}

/** Columns side by side over an axis from 0, in CSS colours: a change of theme is a change of colours, no more. */
export function BandChart({ label, names, ticks, formatTick, renderBand, tell }: Props) {
  const { ref, width } = useElementSize();
  const [pointed, setPointed] = useState<number | null>(null);
  const most = ticks.at(-1) ?? 1;
  const y = (value: number) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / most);
  const step = Math.max(0, width - LEFT - 4) / Math.max(1, names.length);
  const bar = Math.max(1, Math.min(36, step * 0.72));
  const every = Math.max(1, Math.ceil(NAME / Math.max(step, 1)));
  const shown = pointed === null ? undefined : names[pointed];
  return (
    <div ref={ref} className={styles.plot}>
      {width > 0 ? (
        <svg
          width={width}
          height={HEIGHT}
          role="img"
          aria-label={label}
          onPointerLeave={() => setPointed(null)}
        >
          <Axis ticks={ticks} formatTick={formatTick} width={width} y={y} />
          {names.map((name, at) => {
            const left = LEFT + at * step;
            const middle = left + step / 2;
            return (
              <g key={name}>
                <rect
                  className={styles.column}
                  x={left}
                  y={TOP}
                  width={step}
                  height={HEIGHT - TOP - BOTTOM}
                  data-pointed={at === pointed ? "" : undefined}
                  onPointerEnter={() => setPointed(at)}
                />
                <g className={styles.drawing}>{renderBand(at, { x: middle - bar / 2, width: bar, y })}</g>
                {at % every === 0 ? (
                  <text className={styles.tick} x={middle} y={HEIGHT - 6} textAnchor="middle">
                    {name}
                  </text>
                ) : null}
              </g>
            );
          })}
        </svg>
      ) : null}
      <p className={styles.told} aria-hidden>
        {pointed === null || shown === undefined ? "" : `${shown}: ${tell(pointed)}`}
      </p>
    </div>
  );
}
