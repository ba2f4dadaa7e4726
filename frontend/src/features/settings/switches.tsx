import { useId, useState } from "react";
import type { ReactNode } from "react";

import { desktopState, switchDesktop } from "@/lib/desktop";
import { hasSingleKeys, switchSingleKeys } from "@/lib/keys";
import { t } from "@/lib/messages";

import { Section } from "./section";
import styles from "./settings-screen.module.css";

type Props = {
  label: string;
  hint: string;
  checked: boolean;
  disabled?: boolean;
  onChange: (on: boolean) => void;
};

function Switch({ label, hint, checked, disabled = false, onChange }: Props) {
  const id = useId();
  return (
    <label className={styles.switch}>
      <input
        type="checkbox"
        checked={checked}
        disabled={disabled}
        aria-describedby={id}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <span>
        {label}
        <span id={id} className={styles.dim}>
          {hint}
        </span>
      </span>
    </label>
  );
}

/** Whether the desktop is told. The browser's permission is asked for by the click that switches it on. */
export function NoticesSection() {
  const [state, setState] = useState(desktopState);
  const hints = {
    on: t.settings.desktopHint,
    off: t.settings.desktopHint,
    forbidden: t.settings.desktopForbidden,
    missing: t.settings.desktopMissing,
  };
  return (
    <Section title={t.settings.notices}>
      <Switch
        label={t.settings.desktop}
        hint={hints[state]}
        checked={state === "on"}
        disabled={state === "forbidden" || state === "missing"}
        onChange={(on) => void switchDesktop(on).then(setState)}
      />
    </Section>
  );
}

/** How the page looks and what it listens to. */
export function AppearanceSection({ children }: { children: ReactNode }) {
  const [singleKeys, setSingleKeys] = useState(hasSingleKeys);
  return (
    <Section title={t.settings.appearance}>
      <div className={styles.choices}>{children}</div>
      <Switch
        label={t.settings.singleKeys}
        hint={t.settings.singleKeysHint}
        checked={singleKeys}
        onChange={(on) => {
          switchSingleKeys(on);
          setSingleKeys(on);
        }}
      />
    </Section>
  );
}
