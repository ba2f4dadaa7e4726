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
  grab: {
    grabbed: (number, place, count, column) =>
      `#${number} na mão, posição ${place} de ${count} em ${column}. As setas movem, Espaço solta, Esc devolve ao lugar.`,
    dropped: (number, place, count, column) => `#${number} solto, posição ${place} de ${count} em ${column}`,
    back: (number) => `#${number} voltou ao lugar de antes`,
  },
  palette: {
    name: "Paleta de comandos",
    open: "Buscar",
    field: "Buscar cartões, execuções, comandos…",
    results: "Resultados",
    nothing: "Nada encontrado",
    here: "Este quadro",
    now: "Em uso",
    group: {
      card: "Este cartão",
      cards: "Cartões",
      runs: "Execuções recentes",
      projects: "Projetos",
      places: "Ir para",
      theme: "Cores",
      logs: "Logs",
    },
    run: (command) => `Executar ${command}`,
    moveTo: (column) => `Mover para ${column}`,
    searchLogs: (query) => `Buscar “${query}” em todos os logs`,
  },
  keys: {
    title: "Atalhos de teclado",
    everywhere: {
      title: "Em qualquer lugar",
      palette: "Paleta de comandos",
      newCard: "Novo cartão",
      filter: "Filtrar ou buscar aqui",
      keys: "Esta lista",
      close: "Fechar ou voltar um passo",
    },
    board: {
      title: "Quadro, em um cartão",
      focus: "Ir para outro cartão",
      vim: "O mesmo",
      open: "Abrir o cartão",
      grab: "Pegar o cartão e soltá-lo",
      move: "Mover o cartão um passo",
      moveTo: "Mover para…",
    },
    log: {
      title: "Log",
      first: "Primeira linha",
      last: "Última linha",
      follow: "Acompanhar o fim",
    },
  },
};
