import { IconGitBranch, IconGitBranchDeleted, IconGitCompare } from "@tabler/icons-react";
import type { ReactNode } from "react";

import type { Diff } from "@/api/types";
import { t } from "@/lib/messages";
import { Button } from "@/ui/button";
import { WaitScreen } from "@/ui/screen";

import { ChangesTab } from "./changes-tab";
import styles from "./changes-view.module.css";

type Props = {
  diff: Diff | undefined;
  error: Error | null;
  file: string | undefined;
  onFile: (path: string) => void;
  onRefresh: () => void;
};

type NothingProps = { icon: ReactNode; title: string; text: string; children?: ReactNode };

function Nothing({ icon, title, text, children }: NothingProps) {
  return (
    <div className={styles.nothing}>
      {icon}
      <h2>{title}</h2>
      <p>{text}</p>
      {children}
    </div>
  );
}

/** What a card changed, or why there is nothing to see. */
export function ChangesView({ diff, error, ...rest }: Props) {
  const again = (
    <Button variant="default" onClick={rest.onRefresh}>
      {t.changes.again}
    </Button>
  );
  if (error && !diff) {
    return (
      <Nothing icon={<IconGitCompare aria-hidden />} title={t.changes.failedTitle} text={error.message}>
        {again}
      </Nothing>
    );
  }
  if (!diff) return <WaitScreen label={t.changes.wait} />;
  const { source, base, branch, files } = diff;
  const name = branch ?? "";
  if (source === "never-run") {
    return (
      <Nothing icon={<IconGitBranch aria-hidden />} title={t.changes.noneTitle} text={t.changes.neverRun} />
    );
  }
  if (source === "branch-gone") {
    const icon = <IconGitBranchDeleted aria-hidden />;
    return <Nothing icon={icon} title={t.changes.goneTitle} text={t.changes.gone(name)} />;
  }
  if (files.length === 0) {
    return (
      <Nothing
        icon={<IconGitCompare aria-hidden />}
        title={t.changes.noneTitle}
        text={t.changes.none(name, base)}
      >
        {again}
      </Nothing>
    );
  }
  return <ChangesTab diff={diff} {...rest} />;
}
