import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
} from "@tanstack/react-router";

import { filterOf } from "@/features/board/board-filter";
import type { CardTab } from "@/features/card/card-screen";
import { historyAddress } from "@/features/history/history-address";

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
    execution: typeof search["execution"] === "string" ? search["execution"] : undefined,
    file: typeof search["file"] === "string" ? search["file"] : undefined,
    // Two runs side by side: their ids, with a comma between.
    compare: typeof search["compare"] === "string" ? search["compare"] : undefined,
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

export function createPageRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree,
    context: { queryClient },
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
