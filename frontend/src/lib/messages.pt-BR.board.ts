import type { Words } from "./words";
import type { boardTexts } from "./messages.en.board";

export const boardTextsPtBR: Words<typeof boardTexts> = {
  filter: {
    region: "Filtrar os cartões",
    text: "Filtrar cartões",
    label: "Qualquer etiqueta",
    agent: "Qualquer agente",
    status: "Qualquer status",
    none: "Filtrar",
    some: (count) => `Filtros: ${count}`,
    shown: (count, all) => `${count} de ${all}`,
    clear: "Limpar filtros",
    nothing: "Nenhum cartão corresponde",
    nothingHint: "O filtro esconde todos os cartões do quadro.",
    emptyColumn: "Nada aqui corresponde",
  },
};
