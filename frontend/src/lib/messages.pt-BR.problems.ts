import type { problemsTexts } from "./messages.en.problems";
import type { Words } from "./words";

export const problemsTextsPtBR: Words<typeof problemsTexts> = {
  refused: {
    byCode: {
      conflict: "Isso não é possível agora.",
      "disk-full": "Há pouco espaço no disco.",
      failed: "Isso não deu certo.",
      forbidden: "O servidor não permite isso a partir daqui.",
      git: "O git recusou.",
      gone: "Não existe mais: foi removido por causa da idade.",
      "internal-server-error":
        "Algo deu errado dentro do Retoma; o que o servidor mostrou no terminal diz mais.",
      invalid: "Esses dados não podem ser usados.",
      "method-not-allowed": "O servidor não aceita essa chamada. Recarregue a página: ela pode ser antiga.",
      "misdirected-request": "O servidor não é conhecido por este endereço; veja RETOMA_ALLOWED_HOSTS.",
      "not-found": "Não existe (mais).",
      "too-large": "É grande demais.",
      unauthorized: "Abra primeiro o link que o `retoma up` mostrou no terminal.",
      unavailable: "Isso não está disponível agora.",
      "unsupported-media-type": "O servidor não consegue ler o que a página enviou.",
    },
    withDetail: (sentence, detail) => `${sentence} O servidor diz: “${detail}”`,
    field: (message) => `Este valor não foi aceito: “${message}”`,
  },
};
