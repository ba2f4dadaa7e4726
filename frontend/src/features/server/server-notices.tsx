import { useQueryClient } from "@tanstack/react-query";

import { readServerAgain } from "@/api/server";
import { useLiveAgain } from "@/live/use-live";

import { HealthNotice } from "./health-notice";
import { RecoveryNotice } from "./recovery-notice";
import { SweepNotice } from "./sweep-notice";

/** What there is to say about the server itself: read when the page opens, and each time the connection is back. */
export function ServerNotices() {
  const queries = useQueryClient();
  useLiveAgain(() => void readServerAgain(queries));
  return (
    <>
      <HealthNotice />
      <RecoveryNotice />
      <SweepNotice />
    </>
  );
}
