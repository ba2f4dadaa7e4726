import { fieldsOf } from "@/lib/fields";

export type Option = { label: string; description: string | null };

/** A question with answers to choose from. */
export type Question = { text: string; options: readonly Option[]; several: boolean };

const word = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);

function optionsOf(value: unknown): Option[] {
  const options = Array.isArray(value) ? value.map(fieldsOf) : [];
  return options.flatMap((option) => {
    const label = word(option?.["label"]);
    return label === null ? [] : [{ label, description: word(option?.["description"]) }];
  });
}

/** The questions in the input of an agent that asks which; none where it asks for leave. */
export function questionsOf(input: Record<string, unknown>): readonly Question[] {
  const questions = Array.isArray(input["questions"]) ? input["questions"].map(fieldsOf) : [];
  return questions.flatMap((question) => {
    const text = word(question?.["question"]);
    if (text === null) return [];
    return [{ text, options: optionsOf(question?.["options"]), several: question?.["multiSelect"] === true }];
  });
}

/** What the agent is told: one answer as it is, several with what each answers. */
export function answerWords(questions: readonly Question[], answers: readonly (readonly string[])[]): string {
  const words = answers.map((chosen) => chosen.join(", "));
  if (questions.length === 1) return words[0] ?? "";
  return questions.map(({ text }, at) => `${text} ${words[at] ?? ""}`).join("\n");
}
