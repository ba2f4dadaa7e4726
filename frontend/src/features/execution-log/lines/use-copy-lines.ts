import { useCallback, useEffect, useRef, useState } from "react";

import { copyText } from "@/lib/clipboard";
import { formatNumber } from "@/lib/format";
import { t } from "@/lib/messages";
import { notify } from "@/lib/notices";

import type { LogSource } from "../entries/log-source";
import { withoutEscapes } from "../rows/text-pieces";

/** More lines than a clipboard is for; and as many characters. */
export const LINES_COPIED = 100_000;
const CHARACTERS_COPIED = 20_000_000;

type Lines = { first: number; last: number };

export type Copying = {
  copy: () => void;
  busy: boolean;
  /** There is more text in the lines than can be copied. */
  tooLong: boolean;
};

class TooLong extends Error {}

async function textOf(read: LogSource["readText"], lines: Lines, signal: AbortSignal): Promise<string> {
  const text = await read({ ...lines, most: CHARACTERS_COPIED }, signal);
  if (text === null) throw new TooLong();
  return withoutEscapes(text).replace(/\n$/, "");
}

/** Copies what the lines say, as the server has it: they need not be on the page. */
export function useCopyLines(read: LogSource["readText"], { first, last }: Lines): Copying {
  const [busy, setBusy] = useState(false);
  const [long, setLong] = useState<string | null>(null);
  const running = useRef(new AbortController());
  useEffect(() => () => running.current.abort(), []);
  const lines = `${first}-${last}`;
  const copy = useCallback(async () => {
    running.current.abort();
    const { signal } = (running.current = new AbortController());
    setBusy(true);
    const text = textOf(read, { first, last }, signal);
    const failure = text.then(
      () => null,
      (error: unknown) => error,
    );
    try {
      await copyText(text);
      const count = last - first + 1;
      if (!signal.aborted) notify("done", t.logLines.copied(count, formatNumber(count)));
    } catch {
      // The clipboard says no for either reason.
      const reason = await failure;
      if (signal.aborted) return;
      if (reason instanceof TooLong) setLong(`${first}-${last}`);
      else notify("problem", reason === null ? t.logLines.refused : t.logLines.unread);
    } finally {
      if (!signal.aborted) setBusy(false);
    }
  }, [read, first, last]);
  return { copy: useCallback(() => void copy(), [copy]), busy, tooLong: long === lines };
}
