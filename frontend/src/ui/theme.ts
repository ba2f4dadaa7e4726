import { createTheme } from "@mantine/core";
import type { CSSVariablesResolver } from "@mantine/core";

/** Mantine in our colours: its neutral greys become the blue-greys of tokens.css. */
export const theme = createTheme({
  fontFamily: "var(--sans)",
  fontFamilyMonospace: "var(--mono)",
  fontSizes: { xs: "11.5px", sm: "13px", md: "13px", lg: "16px", xl: "20px" },
  defaultRadius: 6,
  radius: { xs: "4px", sm: "6px", md: "8px" },
  cursorType: "pointer",
  focusRing: "auto",
  respectReducedMotion: true,
  primaryShade: { light: 7, dark: 4 },
  primaryColor: "accent",
  autoContrast: false,
  colors: {
    accent: [
      "#e9f0fb",
      "#d0e0f7",
      "#a9c8fb",
      "#8fb9ff",
      "#7fb0ff",
      "#5b9bff",
      "#3b7de0",
      "#1f5fc4",
      "#194fa3",
      "#133e82",
    ],
    dark: [
      "#d6dae0",
      "#b4bcc8",
      "#9aa4b2",
      "#667080",
      "#3a424d",
      "#2c323b",
      "#242a32",
      "#1a1e24",
      "#15181d",
      "#101317",
    ],
  },
  components: {
    Modal: { defaultProps: { transitionProps: { duration: 140, transition: "pop" }, radius: 10 } },
    Menu: {
      defaultProps: { transitionProps: { duration: 120, transition: "fade" }, shadow: "md", radius: 8 },
    },
    // The edge of a field is what shows that one can type there: 3:1.
    Input: {
      vars: () => ({
        wrapper: {
          "--input-height": "var(--control-field)",
          "--input-bd": "var(--field)",
          "--input-bg": "var(--pane)",
        },
      }),
    },
  },
});

const both = {
  "--mantine-color-body": "var(--pane)",
  "--mantine-color-text": "var(--text)",
  "--mantine-color-dimmed": "var(--dim)",
  "--mantine-color-placeholder": "var(--dim)",
  "--mantine-color-default": "var(--pane)",
  "--mantine-color-default-hover": "var(--hover)",
  "--mantine-color-default-color": "var(--text)",
  "--mantine-color-default-border": "var(--field)",
  "--mantine-color-error": "var(--status-error)",
  "--mantine-primary-color-contrast": "var(--on-accent)",
  "--mantine-color-accent-filled": "var(--accent)",
  "--mantine-color-accent-text": "var(--accent)",
};

/** Mantine's semantic variables, taken from our tokens in both schemes. */
export const cssVariables: CSSVariablesResolver = () => ({ variables: {}, light: both, dark: both });
