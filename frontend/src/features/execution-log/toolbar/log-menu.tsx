import "@mantine/core/styles/Popover.css";
import "@mantine/core/styles/Menu.css";

import { Menu } from "@mantine/core";
import { IconDownload, IconSettings } from "@tabler/icons-react";
import type { ReactNode } from "react";

import { journalAddress, textAddress } from "@/api/logs";
import { t } from "@/lib/messages";
import { IconButton } from "@/ui/icon-button";

import { timeModeOf, timeModes } from "./view-settings";
import type { ViewSettings } from "./view-settings";
import styles from "./log-toolbar.module.css";

function Download({ href, children }: { href: string; children: ReactNode }) {
  return (
    <Menu.Item
      className={styles.item}
      component="a"
      href={href}
      download
      leftSection={<IconDownload size={15} aria-hidden />}
    >
      {children}
    </Menu.Item>
  );
}

export type LogMenuProps = {
  executionId: string;
  settings: ViewSettings;
  onChange: (change: Partial<ViewSettings>) => void;
};

/** How the log is shown, and the ways to take it along. */
export function LogMenu({ executionId, settings, onChange }: LogMenuProps) {
  return (
    <Menu defaultOpened position="bottom-end" withinPortal={false} transitionProps={{ duration: 0 }}>
      <Menu.Target>
        <IconButton label={t.logTools.view.menu}>
          <IconSettings size={16} aria-hidden />
        </IconButton>
      </Menu.Target>
      <Menu.Dropdown className={styles.menu}>
        <Menu.CheckboxItem
          className={styles.item}
          checked={settings.wrap}
          closeMenuOnClick={false}
          onChange={(wrap) => onChange({ wrap })}
        >
          {t.logTools.view.wrap}
        </Menu.CheckboxItem>
        <Menu.Label>{t.logTools.view.times}</Menu.Label>
        <Menu.RadioGroup value={settings.times} onChange={(value) => onChange({ times: timeModeOf(value) })}>
          {timeModes.map((times) => (
            <Menu.RadioItem key={times} className={styles.item} value={times} closeMenuOnClick={false}>
              {t.logTools.view[times]}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Label>{t.logTools.view.download}</Menu.Label>
        <Download href={textAddress(executionId)}>{t.logTools.view.text}</Download>
        <Download href={journalAddress(executionId)}>{t.logTools.view.journal}</Download>
      </Menu.Dropdown>
    </Menu>
  );
}
