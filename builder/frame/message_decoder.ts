import type { LonLatBox } from "../../contract/projection.ts";
import type { RunId } from "../../contract/identity.ts";
import type { Lead } from "../../contract/lead.ts";
import { cropAround } from "../grib/crop.ts";
import { type DecodedMessage, readGribFile, readMessages } from "../grib/read_message.ts";
import type { Bytes } from "../grib/messages.ts";
import { selectorName } from "../grib/message_selector.ts";
import type { Model } from "../models/model.ts";
import type { InputMessage } from "./frame_input.ts";

/**
 * Decodes the messages of one forecast hour, each of them once for all variables that ask for it. The decoder keeps the
 * decoded fields: about 8 MB for an HRRR field.
 */
export class MessageDecoder {
  readonly #model: Model;
  readonly #coverage: LonLatBox;
  readonly #hour: { readonly run: RunId; readonly lead: Lead };
  readonly #read: (path: string) => Bytes;
  readonly #decoded = new Map<string, DecodedMessage>();

  /** @param read reads a message's file; another function may return bytes that are in no file */
  constructor(
    model: Model,
    coverage: LonLatBox,
    hour: { readonly run: RunId; readonly lead: Lead },
    read: (path: string) => Bytes = readGribFile,
  ) {
    this.#model = model;
    this.#coverage = coverage;
    this.#hour = hour;
    this.#read = read;
  }

  /**
   * @throws BadGribError when the file does not contain the message, or the message is damaged or from another model
   */
  decode({ path, selector, from }: InputMessage): DecodedMessage {
    const key = `${path} ${selectorName(selector)}`;
    const known = this.#decoded.get(key);
    if (known) return known;
    const [message] = readMessages(path, [{ selector, ...this.#hour }], this.#model.messages, from, this.#read);
    const cropped = { ...message!, ...cropAround(message!.field, message!.geometry, this.#coverage) };
    this.#decoded.set(key, cropped);
    return cropped;
  }
}
