import "@fontsource-variable/inter/index.css";
import "@fontsource-variable/jetbrains-mono/index.css";
import "@mantine/core/styles/baseline.css";
import "@mantine/core/styles/default-css-variables.css";
import "@mantine/core/styles/global.css";
import "@mantine/core/styles/UnstyledButton.css";
import "./ui/tokens.css";
import "./ui/base.css";

import { MantineProvider } from "@mantine/core";
import { MutationCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { Problem } from "./api/client";
import { askAfterRefusal } from "./api/server";
import { notify } from "./lib/notices";
import { createPageRouter } from "./routes/router";
import { cssVariables, theme } from "./ui/theme";

const queryClient = new QueryClient({
  // Whatever the server refuses is said, unless whoever asked explains it in place.
  mutationCache: new MutationCache({
    onError: (error, _variables, _result, mutation) => {
      void askAfterRefusal(queryClient, error);
      if (!mutation.meta?.["explained"]) notify("problem", error.message);
    },
  }),
  defaultOptions: {
    queries: {
      // The live connection says what changed, so nothing is read again because of time or focus alone.
      staleTime: 30_000,
      refetchOnWindowFocus: false,
      // A refusal stays a refusal; only a server that did not answer is asked again.
      retry: (count, error) => error instanceof Problem && error.status === 0 && count < 2,
    },
  },
});

const root = document.querySelector("#root");
if (!root) throw new Error("index.html has no #root");

createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={createPageRouter(queryClient)} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
