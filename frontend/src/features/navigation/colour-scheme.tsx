import { useMantineColorScheme } from "@mantine/core";
import type { MantineColorScheme } from "@mantine/core";
import { IconDeviceDesktop, IconMoon, IconSun } from "@tabler/icons-react";
import type { Icon } from "@tabler/icons-react";

import { t } from "@/lib/messages";

import styles from "./navigation.module.css";

const choices: readonly { value: MantineColorScheme; word: string; icon: Icon }[] = [
  { value: "light", word: t.theme.light, icon: IconSun },
  { value: "dark", word: t.theme.dark, icon: IconMoon },
  { value: "auto", word: t.theme.system, icon: IconDeviceDesktop },
];

/** Light, dark, or as the system says. `name` keeps two of them on one page apart. */
export function ColourScheme({ name = "colour-scheme" }: { name?: string }) {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <div className={styles.scheme} role="radiogroup" aria-label={t.theme.label}>
      {choices.map(({ value, word, icon: Icon }) => (
        <label key={value} title={word}>
          <input
            type="radio"
            name={name}
            aria-label={word}
            checked={colorScheme === value}
            onChange={() => setColorScheme(value)}
          />
          <Icon size={15} aria-hidden />
        </label>
      ))}
    </div>
  );
}
