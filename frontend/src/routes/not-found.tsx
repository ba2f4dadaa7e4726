import { IconMapPinOff } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";

import { t } from "@/lib/messages";
import { buttonClass } from "@/ui/button";
import { MessageScreen } from "@/ui/screen";

export function NotFound() {
  return (
    <MessageScreen
      icon={<IconMapPinOff size={28} aria-hidden />}
      title={t.problem.notFoundTitle}
      text={t.problem.pageGone}
    >
      <Link className={buttonClass()} to="/">
        {t.problem.toBoard}
      </Link>
    </MessageScreen>
  );
}
