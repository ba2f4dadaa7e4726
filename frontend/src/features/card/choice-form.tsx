import { useEffect, useId, useRef, useState } from "react";
import type { FormEvent } from "react";

import { t } from "@/lib/messages";
import { Button } from "@/ui/button";

import styles from "./choice-form.module.css";
import { answerWords } from "./questions";
import type { Question } from "./questions";

type Props = {
  questions: readonly Question[];
  busy: boolean;
  /** Whether the reader came to answer just this. */
  asked: boolean;
  onAnswer: (words: string) => void;
  onDeny: () => void;
};

type QuestionProps = {
  question: Question;
  chosen: readonly string[];
  onChoose: (chosen: readonly string[]) => void;
};

/** One question: its options, and room for an answer that nobody thought of. */
function Options({ question, chosen, onChoose }: QuestionProps) {
  const name = useId();
  const [other, setOther] = useState("");
  const labels = new Set(question.options.map(({ label }) => label));
  const pick = (label: string, on: boolean) => {
    if (!question.several) onChoose([label]);
    else onChoose(on ? [...chosen, label] : chosen.filter((each) => each !== label));
  };
  const write = (words: string) => {
    setOther(words);
    const kept = question.several ? chosen.filter((each) => labels.has(each)) : [];
    onChoose(words.trim() === "" ? kept : [...kept, words.trim()]);
  };
  return (
    <fieldset className={styles.question}>
      <legend>{question.text}</legend>
      {question.options.map(({ label, description }) => (
        <label key={label} className={styles.option}>
          <input
            type={question.several ? "checkbox" : "radio"}
            name={name}
            checked={chosen.includes(label)}
            onChange={(event) => {
              if (!question.several) setOther("");
              pick(label, event.currentTarget.checked);
            }}
          />
          <span>
            {label}
            {description ? <small>{description}</small> : null}
          </span>
        </label>
      ))}
      <input
        type="text"
        className={styles.other}
        aria-label={t.question.other}
        placeholder={t.question.other}
        value={other}
        autoComplete="off"
        onChange={(event) => write(event.currentTarget.value)}
      />
    </fieldset>
  );
}

/** Answers an agent that asks which: every question needs an answer, an option or the reader's own words. */
export function ChoiceForm({ questions, busy, asked, onAnswer, onDeny }: Props) {
  const [answers, setAnswers] = useState<readonly (readonly string[])[]>(() => questions.map(() => []));
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (asked) form.current?.querySelector("input")?.focus();
  }, [asked]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onAnswer(answerWords(questions, answers));
  };
  return (
    <form ref={form} className={styles.form} onSubmit={submit}>
      {questions.map((question, at) => (
        <Options
          key={question.text}
          question={question}
          chosen={answers[at] ?? []}
          onChoose={(chosen) => setAnswers(answers.with(at, chosen))}
        />
      ))}
      <div className={styles.buttons}>
        <Button
          type="submit"
          className={styles.answer}
          loading={busy}
          disabled={answers.some((chosen) => chosen.length === 0)}
        >
          {t.question.answer}
        </Button>
        <Button variant="default" disabled={busy} onClick={onDeny}>
          {t.question.deny}
        </Button>
      </div>
    </form>
  );
}
