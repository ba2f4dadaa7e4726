import { useMediaQuery } from "@mantine/hooks";
import { IconAdjustmentsHorizontal, IconSearch, IconX } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";

import { agentTitle } from "@/api/agents";
import { commands } from "@/api/types";
import type { Agent, Card, Project } from "@/api/types";
import { onKey } from "@/lib/keys";
import { t } from "@/lib/messages";
import { Choice } from "@/ui/choice";
import { IconButton } from "@/ui/icon-button";

import styles from "./filter-bar.module.css";
import { spans, statusesOf } from "./history-address";
import type { HistoryAddress } from "./history-address";
import { StatusChips } from "./status-chips";

export type FilterProps = {
  address: HistoryAddress;
  projects: readonly Project[];
  agents: readonly Agent[];
  /** The card of the address, as far as it is known. */
  card: Card | undefined;
  onChange: (changes: HistoryAddress) => void;
};

/** How long typing has to rest before it is looked for. */
const REST_MS = 250;

function SearchField({ text, onText }: { text: string; onText: (text: string) => void }) {
  const [draft, setDraft] = useState(text);
  const [seen, setSeen] = useState(text);
  const field = useRef<HTMLInputElement>(null);
  // The address changed by itself: back, a link, "clear the filters".
  if (seen !== text) {
    setSeen(text);
    if (draft.trim() !== text) setDraft(text);
  }
  useEffect(() => onKey("/", () => field.current?.focus()), []);
  useEffect(() => {
    if (draft.trim() === text) return undefined;
    const timer = setTimeout(() => onText(draft.trim()), REST_MS);
    return () => clearTimeout(timer);
    // Only what is typed starts the wait.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [draft]);
  return (
    <div className={styles.search}>
      <IconSearch size={15} aria-hidden />
      <input
        ref={field}
        type="search"
        value={draft}
        aria-label={t.runsFilter.text}
        aria-keyshortcuts="/"
        placeholder={t.runsFilter.placeholder}
        onChange={(event) => setDraft(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter") onText(draft.trim());
        }}
      />
      <kbd aria-hidden>/</kbd>
    </div>
  );
}

function Dates({ address, onChange }: Pick<FilterProps, "address" | "onChange">) {
  if (address.since !== "dates") return null;
  return (
    <span className={styles.dates}>
      <input
        type="date"
        aria-label={t.runsFilter.from}
        value={address.from ?? ""}
        max={address.to}
        onChange={(event) => onChange({ from: event.target.value || undefined })}
      />
      <span aria-hidden>–</span>
      <input
        type="date"
        aria-label={t.runsFilter.to}
        value={address.to ?? ""}
        min={address.from}
        onChange={(event) => onChange({ to: event.target.value || undefined })}
      />
    </span>
  );
}

function Choices({ address, projects, agents, onChange }: Omit<FilterProps, "card">) {
  const filter = t.runsFilter;
  return (
    <>
      <Choice
        label={filter.project}
        value={address.project}
        none={filter.allProjects}
        options={projects.map(({ id, name }) => ({ value: id, label: name }))}
        onChange={(project) => onChange({ project })}
      />
      <Choice
        label={filter.command}
        value={address.command}
        none={filter.allCommands}
        options={commands.map((command) => ({ value: command, label: command }))}
        onChange={(command) => onChange({ command })}
      />
      <Choice
        label={filter.agent}
        value={address.agent}
        none={filter.allAgents}
        options={agents.map(({ name }) => ({ value: name, label: agentTitle(agents, name) }))}
        onChange={(agent) => onChange({ agent })}
      />
      <Choice
        label={filter.since}
        value={address.since}
        none={filter.spans.any}
        options={spans.map((span) => ({ value: span, label: filter.spans[span] }))}
        onChange={(since) => onChange({ since })}
      />
      <Dates address={address} onChange={onChange} />
    </>
  );
}

function CardFilter({ address, card, onChange }: Pick<FilterProps, "address" | "card" | "onChange">) {
  if (address.card === undefined) return null;
  return (
    <span className={styles.card}>
      <span>{card ? t.runsFilter.card(card.number, card.title) : t.runsFilter.someCard}</span>
      <IconButton label={t.runsFilter.dropCard} onClick={() => onChange({ card: undefined })}>
        <IconX size={14} aria-hidden />
      </IconButton>
    </span>
  );
}

/** What the runs are narrowed by. On a phone all but the text is behind one button. */
export function FilterBar(props: FilterProps) {
  const { address, onChange } = props;
  const phone = useMediaQuery("(max-width: 720px)", false, { getInitialValueInEffect: false });
  const [open, setOpen] = useState(false);
  const { q: _q, view: _view, by: _by, from: _from, to: _to, ...choices } = address;
  const used = Object.values(choices).filter((value) => value !== undefined).length;
  return (
    <section className={styles.bar} aria-label={t.runsFilter.region}>
      <SearchField text={address.q ?? ""} onText={(q) => onChange({ q: q || undefined })} />
      {phone ? (
        <button type="button" className={styles.fold} aria-expanded={open} onClick={() => setOpen(!open)}>
          <IconAdjustmentsHorizontal size={16} aria-hidden />
          {t.runsFilter.show(used)}
        </button>
      ) : null}
      {phone && !open ? null : (
        <>
          <Choices {...props} />
          <StatusChips
            chosen={statusesOf(address)}
            onChange={(status) => onChange({ status: status.join(",") || undefined })}
          />
        </>
      )}
      <CardFilter {...props} />
    </section>
  );
}
