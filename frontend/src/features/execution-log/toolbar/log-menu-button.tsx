import { IconSettings } from "@tabler/icons-react";
import { Suspense, lazy, useState } from "react";

import { t } from "@/lib/messages";
import { IconButton } from "@/ui/icon-button";

import type { LogMenuProps } from "./log-menu";

const LogMenu = lazy(() => import("./log-menu").then((module) => ({ default: module.LogMenu })));

/** The button of the log's menu, which is loaded when it is first asked for. */
export function LogMenuButton(props: LogMenuProps) {
  const [wanted, setWanted] = useState(false);
  const button = (
    <IconButton label={t.logTools.view.menu} aria-haspopup="menu" onClick={() => setWanted(true)}>
      <IconSettings size={16} aria-hidden />
    </IconButton>
  );
  return wanted ? (
    <Suspense fallback={button}>
      <LogMenu {...props} />
    </Suspense>
  ) : (
    button
  );
}
