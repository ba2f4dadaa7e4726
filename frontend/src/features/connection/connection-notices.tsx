import { useEffect, useRef } from "react";

import { t } from "@/lib/messages";
import { announce } from "@/lib/notices";
import { useLiveStatus } from "@/live/use-live";

/** Says aloud when the connection is lost for a while and when it is back. */
export function ConnectionNotices() {
  const { state } = useLiveStatus();
  const told = useRef(false);
  useEffect(() => {
    if (state === "offline" && !told.current) {
      told.current = true;
      announce(t.connection.offline);
    }
    if (state === "live" && told.current) {
      told.current = false;
      announce(t.connection.backLive);
    }
  }, [state]);
  return null;
}
