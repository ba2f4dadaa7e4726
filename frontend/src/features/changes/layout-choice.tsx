import { useMediaQuery } from "@mantine/hooks";
import { useState } from "react";

import { t } from "@/lib/messages";
import { Segments } from "@/ui/segments";

export type Layout = "split" | "unified";

const KEY = "retoma-changes-layout";
/** Two columns of code and the tree need this much. */
const WIDE = "(min-width: 1000px)";

/** Side by side or one below the other: as last chosen; on a narrow screen always one below the other. */
export function useLayout() {
  const wide = useMediaQuery(WIDE, false, { getInitialValueInEffect: false });
  const [chosen, setChosen] = useState<Layout>(() =>
    localStorage.getItem(KEY) === "split" ? "split" : "unified",
  );
  const choose = (layout: Layout) => {
    setChosen(layout);
    try {
      localStorage.setItem(KEY, layout);
    } catch {
      // A full storage costs the memory of it, not the choice.
    }
  };
  return { wide, layout: wide ? chosen : "unified", choose };
}

const layouts = (["split", "unified"] as const).map((value) => ({ value, word: t.changes[value] }));

export function LayoutChoice({ layout, onChoose }: { layout: Layout; onChoose: (layout: Layout) => void }) {
  return <Segments label={t.changes.layout} segments={layouts} chosen={layout} onChoose={onChoose} />;
}
