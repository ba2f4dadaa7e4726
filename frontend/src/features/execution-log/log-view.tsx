import { useState } from "react";

import { LogPane } from "./log-pane";
import { sourceOf } from "./log-source";
import type { LogSource } from "./log-source";

type Props = {
  executionId: string;
  /** The last sequence the page knows of. */
  headSequence: number;
  /** The run goes on: entries still come. */
  live: boolean;
};

/** The log of one run, of any length: its end at once, every line of it in reach, live while the run goes on. */
export function LogView({ executionId, ...rest }: Props) {
  return <SourcedLog key={executionId} source={() => sourceOf(executionId)} {...rest} />;
}

function SourcedLog({ source, ...rest }: Omit<Props, "executionId"> & { source: () => LogSource }) {
  const [kept] = useState(source);
  return <LogPane source={kept} {...rest} />;
}
