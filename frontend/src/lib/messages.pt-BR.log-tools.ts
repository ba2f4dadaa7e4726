import type { logToolsTexts } from "./messages.en.log-tools";
import type { Words } from "./words";

const plural = (count: number, one: string, many: string) => (count === 1 ? one : many);

export const logToolsTextsPtBR: Words<typeof logToolsTexts> = {
  logTools: {
    region: "Busca e exibição do log",
    find: {
      label: "Buscar no log",
      placeholder: "Buscar no log",
      next: "Próxima ocorrência (Enter)",
      previous: "Ocorrência anterior (Shift+Enter)",
      close: "Encerrar a busca (Escape)",
      none: "nenhuma ocorrência",
      searching: "buscando…",
      place: (n, total) => `${n} de ${total}`,
    },
    errors: {
      group: "Erros da execução",
      count: (count, shown) => `${shown} ${plural(count, "erro", "erros")}`,
      first: "Ir para o primeiro erro",
      next: "Próximo erro (N)",
      previous: "Erro anterior (P)",
      none: "Não há mais erros nessa direção",
    },
    ticks: {
      questions: (count, shown) => `${shown} ${plural(count, "pergunta", "perguntas")}`,
      matches: (count, shown) => `${shown} ${plural(count, "ocorrência", "ocorrências")}`,
    },
    filter: {
      label: "Mostrar",
      all: "Tudo",
      messages: "Mensagens",
      tools: "Ferramentas",
      errors: "Erros",
      nothing: "Nada desse tipo neste log.",
    },
    view: {
      menu: "Exibição e download",
      wrap: "Quebrar linhas longas",
      times: "Horários",
      absolute: "Hora do dia",
      relative: "Desde o início",
      hidden: "Ocultos",
      download: "Baixar",
      text: "Log como texto",
      journal: "Diário como o agente o escreveu",
    },
  },
};
