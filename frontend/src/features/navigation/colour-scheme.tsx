import { useMantineColorScheme } from "@mantine/core";
import type { MantineColorScheme } from "@mantine/core";
import { IconDeviceDesktop, IconMoon, IconSun } from "@tabler/icons-react";

import { t } from "@/lib/messages";
import { Segments } from "@/ui/segments";
import type { Segment } from "@/ui/segments";

const schemes: readonly Segment<MantineColorScheme>[] = [
  { value: "light", word: t.theme.light, icon: <IconSun size={15} aria-hidden /> },
  { value: "dark", word: t.theme.dark, icon: <IconMoon size={15} aria-hidden /> },
  { value: "auto", word: t.theme.system, icon: <IconDeviceDesktop size={15} aria-hidden /> },
];

/** Light, dark, or as the system says. */
export function ColourScheme() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return <Segments label={t.theme.label} segments={schemes} chosen={colorScheme} onChoose={setColorScheme} />;
}
