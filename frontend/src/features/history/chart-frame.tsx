import { IconChartBar, IconTable } from "@tabler/icons-react";
import { useState } from "react";
import type { ReactNode } from "react";

import { t } from "@/lib/messages";

import styles from "./charts.module.css";

export type TableColumn = { word: string; cells: readonly string[] };

type Props = {
  title: string;
  /** What one row of the table is about, and the rows' names. */
  keyWord: string;
  names: readonly string[];
  columns: readonly TableColumn[];
  legend?: ReactNode;
  /** In place of the chart where there is nothing to draw. */
  none?: string;
  children: ReactNode;
};

function Table({ title, keyWord, names, columns }: Pick<Props, "title" | "keyWord" | "names" | "columns">) {
  return (
    <div className={styles.tableBox} role="region" aria-label={title} tabIndex={0}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{keyWord}</th>
            {columns.map(({ word }) => (
              <th key={word} scope="col">
                {word}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {names.map((name, at) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              {columns.map(({ word, cells }) => (
                <td key={word}>{cells[at]}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** A chart with its name, its legend, and the same figures as a table at one press. */
export function ChartFrame({ legend, none, children, ...table }: Props) {
  const [asTable, setAsTable] = useState(false);
  const { title } = table;
  const Icon = asTable ? IconChartBar : IconTable;
  return (
    <section className={styles.chart}>
      <header className={styles.head}>
        <h2>{title}</h2>
        {legend && !none ? <div className={styles.legend}>{legend}</div> : null}
        {none ? null : (
          <button
            type="button"
            className={styles.toggle}
            aria-label={asTable ? t.charts.asChart(title) : t.charts.asTable(title)}
            onClick={() => setAsTable(!asTable)}
          >
            <Icon size={15} aria-hidden />
            {asTable ? t.charts.chart : t.charts.table}
          </button>
        )}
      </header>
      {none ? <p className={styles.nothing}>{none}</p> : null}
      {!none && asTable ? <Table {...table} /> : null}
      {!none && !asTable ? children : null}
    </section>
  );
}
