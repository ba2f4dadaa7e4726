import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  parseSearchWith,
  stringifySearchWith,
} from "@tanstack/react-router";

import { filterOf } from "@/features/board/board-filter";
import type { CardTab } from "@/features/card/card-screen";
import { historyAddress } from "@/features/history/history-address";
import { wordOf } from "@/lib/fields";

import { NotFound } from "./not-found";
import { RootLayout } from "./root-layout";
import { RouteProblem } from "./route-problem";

const rootRoute = createRootRouteWithContext<{ queryClient: QueryClient }>()({
  component: RootLayout,
  errorComponent: RouteProblem,
  notFoundComponent: NotFound,
});

const homeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/",
  validateSearch: (search: Record<string, unknown>): { add?: true } => ({
    add: search["add"] ? true : undefined,
  }),
  component: lazyRouteComponent(() => import("./home"), "HomePage"),
});

const projectRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/projects/$projectId",
  // What the board shows is part of the address: a refresh and a link keep it.
  validateSearch: filterOf,
  component: lazyRouteComponent(() => import("./board"), "BoardPage"),
});

type CardAddress = { tab?: CardTab; execution?: string; file?: string; compare?: string };

const tabs: readonly CardTab[] = ["plan", "changes", "history"];

const cardRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/cards/$cardId",
  // The tab, the run and the file that are read are part of the address: a refresh returns to them.
  validateSearch: (search: Record<string, unknown>): CardAddress => ({
    tab: tabs.find((tab) => tab === search["tab"]),
    execution: wordOf(search["execution"]),
    file: wordOf(search["file"]),
    // Two runs side by side: their ids, with a comma between.
    compare: wordOf(search["compare"]),
  }),
  component: lazyRouteComponent(() => import("./card"), "CardPage"),
});

const needsYouRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/needs-you",
  component: lazyRouteComponent(() => import("./needs-you"), "NeedsYouPage"),
});

const settingsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/settings",
  component: lazyRouteComponent(() => import("./settings"), "SettingsPage"),
});

const historyRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/history",
  validateSearch: historyAddress,
  component: lazyRouteComponent(() => import("./history"), "HistoryPage"),
});

const routeTree = rootRoute.addChildren([
  homeRoute,
  projectRoute,
  cardRoute,
  needsYouRoute,
  historyRoute,
  settingsRoute,
]);

/** A text in quotes; whatever else an address says is a word. An id as 286e100417172356 would be a number of JSON. */
function quoted(text: string): string {
  const value: unknown = JSON.parse(text);
  if (typeof value !== "string") throw new TypeError(text);
  return value;
}

/** What an address says behind its `?`, read and written. */
export const searchOfAddress = {
  parseSearch: parseSearchWith(quoted),
  stringifySearch: stringifySearchWith(JSON.stringify, quoted),
};

export function createPageRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree,
    context: { queryClient },
    ...searchOfAddress,
    defaultPreload: "intent",
    defaultErrorComponent: RouteProblem,
    defaultNotFoundComponent: NotFound,
    scrollRestoration: true,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createPageRouter>;
  }
}
