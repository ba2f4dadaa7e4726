import { useMantineColorScheme } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useRouter } from "@tanstack/react-router";
import type { LinkProps } from "@tanstack/react-router";

import { boardOf } from "@/api/board-state";
import { boardQuery, cardQuery } from "@/api/cards";
import { recentExecutionsQuery } from "@/api/executions";
import { projectsQuery } from "@/api/projects";
import { openDialog } from "@/lib/dialogs";
import { formatTime } from "@/lib/format";
import { t } from "@/lib/messages";

import type { PaletteItem } from "./palette-item";
import { useCardItems } from "./use-card-items";

export type ItemSources = {
  query: string;
  /** The project whose board is open, or was last. */
  projectId: string | undefined;
  /** The card that is open, or had the focus. */
  cardId: string | undefined;
  places: readonly { to: LinkProps["to"]; word: string }[];
};

const emptyBoard = boardOf([]);

/** Cards and runs of the project that is open. */
function useProjectItems({ projectId }: ItemSources): PaletteItem[] {
  const navigate = useNavigate();
  const enabled = projectId !== undefined;
  const { cards } = useQuery({ ...boardQuery(projectId ?? ""), enabled }).data ?? emptyBoard;
  const runs = useQuery({ ...recentExecutionsQuery(projectId ?? ""), enabled }).data ?? [];
  const cardItems = [...cards.values()].map((card): PaletteItem => ({
    id: `card ${card.id}`,
    group: "cards",
    title: `${t.card.number(card.number)} ${card.title}`,
    hint: t.column[card.column],
    status: card.activeExecution?.status ?? "idle",
    act: () => void navigate({ to: "/cards/$cardId", params: { cardId: card.id } }),
  }));
  const runItems = runs.map(({ id, cardId, command, status, createdAt }): PaletteItem => {
    const card = cards.get(cardId);
    return {
      id: `run ${id}`,
      group: "runs",
      title: `${command} ${card ? `${t.card.number(card.number)} ${card.title}` : ""}`,
      hint: formatTime(createdAt),
      status,
      act: () => void navigate({ to: "/cards/$cardId", params: { cardId }, search: { execution: id } }),
    };
  });
  return [...cardItems, ...runItems];
}

function usePlaceItems({ projectId, places }: ItemSources): PaletteItem[] {
  const navigate = useNavigate();
  const projects = useQuery(projectsQuery).data ?? [];
  const toProject = projects.map(({ id, name }): PaletteItem => ({
    id: `project ${id}`,
    group: "projects",
    title: name,
    hint: id === projectId ? t.palette.here : undefined,
    act: () => void navigate({ to: "/projects/$projectId", params: { projectId: id } }),
  }));
  const toPlace = places.map(({ to, word }): PaletteItem => ({
    id: `place ${to}`,
    group: "places",
    title: word,
    act: () => void navigate({ to }),
  }));
  const newCard: PaletteItem[] =
    projectId === undefined
      ? []
      : [
          {
            id: "new card",
            group: "places",
            title: t.nav.newCard,
            hint: "C",
            act: () => openDialog({ kind: "create-card", projectId, column: "backlog" }),
          },
        ];
  const addProject: PaletteItem = {
    id: "add project",
    group: "places",
    title: t.nav.addProject,
    act: () => void navigate({ to: "/", search: { add: true } }),
  };
  const keys: PaletteItem = {
    id: "keys",
    group: "places",
    title: t.keys.title,
    hint: "?",
    act: () => openDialog({ kind: "keys" }),
  };
  return [...toProject, ...newCard, ...toPlace, addProject, keys];
}

function useThemeItems(): PaletteItem[] {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const words = { light: t.theme.light, dark: t.theme.dark, auto: t.theme.system };
  return (["light", "dark", "auto"] as const).map((scheme) => ({
    id: `theme ${scheme}`,
    group: "theme",
    title: words[scheme],
    hint: colorScheme === scheme ? t.palette.now : t.theme.label,
    act: () => setColorScheme(scheme),
  }));
}

/** The way to the search in all logs, once there is a screen for it. */
function useLogItems({ query }: ItemSources): PaletteItem[] {
  const router = useRouter();
  if (query === "" || !("/history" in router.routesByPath)) return [];
  const address = `/history${router.options.stringifySearch({ text: query })}`;
  return [
    {
      id: "logs",
      group: "logs",
      title: t.palette.searchLogs(query),
      act: () => router.history.push(address),
    },
  ];
}

/** Everything that the palette can find. */
export function usePaletteItems(sources: ItemSources): PaletteItem[] {
  const { projectId, cardId } = sources;
  const known = useQuery({ ...boardQuery(projectId ?? ""), enabled: projectId !== undefined }).data?.cards;
  const alone = useQuery({ ...cardQuery(cardId ?? ""), enabled: cardId !== undefined }).data;
  const card = cardId === undefined ? undefined : (known?.get(cardId) ?? alone);
  return [
    ...useCardItems(card, known),
    ...useProjectItems(sources),
    ...usePlaceItems(sources),
    ...useThemeItems(),
    ...useLogItems(sources),
  ];
}
