import { Modal } from "@mantine/core";
import type { ReactNode } from "react";

import { t } from "@/lib/messages";
import { Button } from "@/ui/button";
import { ProblemText } from "@/ui/problem-text";

import styles from "./dialogs.module.css";

type FrameProps = { title: string; onClose: () => void; size?: number; children: ReactNode };

/** The window around every dialog. */
export function Frame({ title, onClose, size = 460, children }: FrameProps) {
  return (
    <Modal
      opened
      onClose={onClose}
      title={title}
      size={size}
      centered
      // A dialog has no banner: the page has one already.
      attributes={{ header: { role: "presentation" } }}
      closeButtonProps={{ "aria-label": t.problem.dismiss }}
      styles={{ title: { fontWeight: 650, fontSize: 16 } }}
    >
      {children}
    </Modal>
  );
}

type ConfirmProps = {
  title: string;
  text: string;
  confirm: string;
  refuse: string;
  busy: boolean;
  blocked?: string | null;
  error: Error | null;
  onConfirm: () => void;
  onClose: () => void;
};

/** Asks once before something that cannot be taken back. */
export function Confirm({
  title,
  text,
  confirm,
  refuse,
  busy,
  blocked,
  error,
  onConfirm,
  onClose,
}: ConfirmProps) {
  return (
    <Frame title={title} onClose={onClose} size={420}>
      <div className={styles.form}>
        <p className={styles.text}>{blocked ?? text}</p>
        <ProblemText error={error} />
        <div className={styles.actions}>
          <Button variant="default" onClick={onClose} data-autofocus>
            {refuse}
          </Button>
          <Button className={styles.danger} loading={busy} disabled={Boolean(blocked)} onClick={onConfirm}>
            {confirm}
          </Button>
        </div>
      </div>
    </Frame>
  );
}
