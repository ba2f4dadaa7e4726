import type { logLinesTexts } from "./messages.en.log-lines";
import type { Words } from "./words";

const plural = (count: number, one: string, many: string) => (count === 1 ? one : many);

export const logLinesTextsPtBR: Words<typeof logLinesTexts> = {
  logLines: {
    region: "Linhas escolhidas",
    line: (line) => `Linha ${line}`,
    lines: (first, last) => `Linhas ${first}–${last}`,
    chosen: (first, last) => `Linhas ${first} a ${last} escolhidas`,
    chosenOne: (line) => `Linha ${line} escolhida`,
    filtered: "com as que o filtro oculta",
    hint: "Shift+clique em outro número para incluir mais",
    extend: "Até a linha…",
    extending: "Toque no número da outra linha",
    copy: (count, shown) => `Copiar ${shown} ${plural(count, "linha", "linhas")}`,
    copying: "Copiando…",
    copied: (count, shown) => `${shown} ${plural(count, "linha copiada", "linhas copiadas")}`,
    link: "Copiar link",
    linkCopied: "Link copiado",
    clear: "Limpar (Escape)",
    tooMany: (most, count) => `É possível copiar até ${most} linhas, e estas são ${count}:`,
    tooLong: "É texto demais para a área de transferência:",
    download: "baixe-as",
    refused: "O navegador não deixou o Retoma escrever na área de transferência.",
    unread: "Não foi possível ler as linhas, então nada foi copiado.",
    filterOff: (line) => `O filtro ocultava a linha ${line}: tudo é mostrado de novo.`,
  },
};
