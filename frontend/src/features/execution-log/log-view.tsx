import { useState } from "react";

import { LogPane } from "./log-pane";
import { sourceOf } from "./entries/log-source";

type Props = {
  executionId: string;
  /** The last sequence the page knows of. */
  headSequence: number;
  /** The run goes on: entries still come. */
  live: boolean;
  /** When the run began; null before. */
  startedAt: string | null;
};

/** The log of one run, of any length: its end at once, every line of it in reach, live while the run goes on. */
export function LogView({ executionId, ...rest }: Props) {
  return <SourcedLog key={executionId} executionId={executionId} {...rest} />;
}

function SourcedLog(props: Props) {
  const [source] = useState(() => sourceOf(props.executionId));
  return <LogPane source={source} {...props} />;
}
