import { Button } from "@mantine/core";
import { IconMapPinOff } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";

import { t } from "@/lib/messages";
import { MessageScreen } from "@/ui/screen";

export function NotFound() {
  return (
    <MessageScreen
      icon={<IconMapPinOff size={28} aria-hidden />}
      title={t.problem.notFoundTitle}
      text={t.problem.pageGone}
    >
      <Button component={Link} to="/">
        {t.problem.toBoard}
      </Button>
    </MessageScreen>
  );
}
