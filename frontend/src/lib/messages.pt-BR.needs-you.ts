import type { needsYouTexts } from "./messages.en.needs-you";
import type { Words } from "./words";

export const needsYouTextsPtBR: Words<typeof needsYouTexts> = {
  needsYou: {
    title: "Precisa de você",
    count: (count) => `${count} na caixa de entrada`,
    loading: "Procurando perguntas em aberto",
    emptyTitle: "Ninguém espera por você",
    emptyText:
      "Aqui chegam as perguntas dos agentes de todos os projetos e as execuções interrompidas. Você pode fechar a página: elas ficam guardadas.",
    list: "O que precisa de você, perguntas primeiro",
    keys: "j e k passam de uma para a outra",
    line: (line) => `Linha ${line} do log`,
    interrupted: (command) => `${command} foi interrompido`,
    resumes: "Pode continuar de onde parou.",
    cannotResume: "Nenhuma sessão tinha começado: execute o comando de novo.",
    putAway: "Limpar",
    open: (number, title) => `#${number} ${title}`,
  },
};
