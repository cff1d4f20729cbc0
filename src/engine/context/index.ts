/** Declares the types behind `context` and implements their members. Imported for its effect, before any expression is bound. */
import { declareTypes } from "../../csharp/types.ts";
import { contextTypes } from "./declarations.ts";
import "./credentials.ts";
import "./entities.ts";
import "./extensions.ts";
import "./message-body.ts";
import "./messages.ts";
import "./root.ts";

declareTypes(contextTypes);
