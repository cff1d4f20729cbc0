/**
 * The syntax tree of C# 7.3 expressions and statements. Names are Roslyn's without `Syntax` (and without `Expression`), so that
 * the language reference applies: https://learn.microsoft.com/dotnet/api/microsoft.codeanalysis.csharp.syntax
 * Trees are plain data: no parents, no tokens. A tree that came with errors may contain `Missing` expressions and empty names.
 */
import type {
  AliasQualifiedName,
  ArrayType,
  GenericName,
  IdentifierName,
  Literal,
  Node,
  PredefinedType,
  SimpleName,
  Span,
  TypeSyntax,
} from "./ast-types.ts";

export type * from "./ast-types.ts";

// ------------------------------------------------------------ expressions

/** `default` without a type. */
export type DefaultLiteral = Node<"DefaultLiteral">;

/** `default(T)`. */
export type Default = Node<"Default"> & { readonly type: TypeSyntax };
export type InterpolatedString = Node<"InterpolatedString"> & {
  readonly parts: readonly (InterpolatedText | Interpolation)[];
};
export type InterpolatedText = Node<"InterpolatedText"> & {
  /** With escapes and doubled braces resolved. */
  readonly text: string;
};
export type Interpolation = Node<"Interpolation"> & {
  readonly expression: Expression;
  readonly alignment?: Expression;
  /** Format after the colon, escapes resolved. */
  readonly format?: string;
};
export type This = Node<"This">;
export type Base = Node<"Base">;
export type Parenthesized = Node<"Parenthesized"> & { readonly expression: Expression };

/** At least two arguments; an argument's expression may be a Declaration (deconstruction). */
export type Tuple = Node<"Tuple"> & { readonly arguments: readonly Argument[] };
export type MemberAccess = Node<"MemberAccess"> & { readonly expression: Expression; readonly name: SimpleName };

/**
 * `a?.b.c[d]`: expression `a`, whenNotNull `.b.c[d]`, whose innermost node is a MemberBinding or ElementBinding standing for
 * "member of the receiver". A null receiver skips the whole of whenNotNull. `a?.b?.c` nests in whenNotNull.
 */
export type ConditionalAccess = Node<"ConditionalAccess"> & {
  readonly expression: Expression;
  readonly whenNotNull: Expression;
  /** Offset of the `?`, where the compiler reports a receiver that cannot be null. */
  readonly operatorStart: number;
};
export type MemberBinding = Node<"MemberBinding"> & { readonly name: SimpleName };
export type ElementBinding = Node<"ElementBinding"> & { readonly arguments: readonly Argument[] };
export type Invocation = Node<"Invocation"> & {
  /** `nameof(x)` is an Invocation of the IdentifierName `nameof`. */
  readonly expression: Expression;
  readonly arguments: readonly Argument[];
};
export type ElementAccess = Node<"ElementAccess"> & {
  readonly expression: Expression;
  readonly arguments: readonly Argument[];
};
export type Argument = Node<"Argument"> & {
  /** `name:`. */
  readonly name?: string;
  readonly refKind?: "ref" | "out" | "in";
  /** After `out` it may be a Declaration. */
  readonly expression: Expression;
};
export type PrefixUnary = Node<"PrefixUnary"> & {
  readonly operator: "+" | "-" | "!" | "~" | "++" | "--";
  readonly operand: Expression;
};
export type PostfixUnary = Node<"PostfixUnary"> & { readonly operator: "++" | "--"; readonly operand: Expression };

export type BinaryOperator =
  | "??"
  | "||"
  | "&&"
  | "|"
  | "^"
  | "&"
  | "=="
  | "!="
  | "<"
  | ">"
  | "<="
  | ">="
  | "<<"
  | ">>"
  | "+"
  | "-"
  | "*"
  | "/"
  | "%";

/** Long chains nest on the left, up to MAX_CHAIN deep. */
export type Binary = Node<"Binary"> & {
  readonly operator: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
  readonly operatorStart: number;
};

/** `x is T`. A plain name may turn out to be a constant instead of a type: try the type first. */
export type Is = Node<"Is"> & { readonly expression: Expression; readonly type: TypeSyntax };
export type As = Node<"As"> & { readonly expression: Expression; readonly type: TypeSyntax };
export type IsPattern = Node<"IsPattern"> & { readonly expression: Expression; readonly pattern: Pattern };
export type Conditional = Node<"Conditional"> & {
  readonly condition: Expression;
  readonly whenTrue: Expression;
  readonly whenFalse: Expression;
};
export type AssignmentOperator = "=" | "+=" | "-=" | "*=" | "/=" | "%=" | "&=" | "|=" | "^=" | "??=" | "<<=" | ">>=";

/** The left side may be a Tuple or Declaration (deconstruction); it is not checked to be assignable. */
export type Assignment = Node<"Assignment"> & {
  readonly operator: AssignmentOperator;
  readonly left: Expression;
  readonly right: Expression;
  readonly operatorStart: number;
};
export type Cast = Node<"Cast"> & { readonly type: TypeSyntax; readonly expression: Expression };
export type Lambda = Node<"Lambda"> & {
  readonly parameters: readonly Parameter[];
  readonly body: Expression | Block;
  /** Offset of `=>`, where the compiler reports conversions of the lambda. */
  readonly arrowStart: number;
};

/** `delegate(...) { }`; without a parameter list `parameters` is absent. */
export type AnonymousMethod = Node<"AnonymousMethod"> & {
  readonly parameters?: readonly Parameter[];
  readonly body: Block;
};
export type Parameter = Node<"Parameter"> & {
  readonly name: string;
  /** Start of the name. */
  readonly nameStart: number;
  /** Absent in implicitly typed lambdas. */
  readonly type?: TypeSyntax;
  readonly modifier?: "ref" | "out" | "in" | "params";
  readonly defaultValue?: Expression;
};
export type TypeOf = Node<"TypeOf"> & { readonly type: TypeSyntax };
export type SizeOf = Node<"SizeOf"> & { readonly type: TypeSyntax };

/** `checked(e)` or `unchecked(e)`. */
export type Checked = Node<"Checked"> & { readonly checked: boolean; readonly expression: Expression };

/** `throw e` as an expression (after `??`, in `?:`, as a lambda body). */
export type Throw = Node<"Throw"> & { readonly expression: Expression };

/** `ref e`: the value of a ref local, a ref return or a branch of a ref conditional. */
export type Ref = Node<"Ref"> & { readonly expression: Expression };

/** `int x`, `var (a, b)` inside an argument, a tuple or on the left of an assignment. */
export type Declaration = Node<"Declaration"> & { readonly type: TypeSyntax; readonly designation: Designation };
export type Query = Node<"Query"> & {
  /** Starts with a FromClause, ends with a SelectClause or GroupClause; `into x` is an IntoClause followed by a new body. */
  readonly clauses: readonly QueryClause[];
};

/** Stands where an expression is missing; only in trees with errors. */
export type Missing = Node<"Missing">;

export type Expression =
  | Literal
  | DefaultLiteral
  | Default
  | InterpolatedString
  | IdentifierName
  | GenericName
  | AliasQualifiedName
  | PredefinedType
  | This
  | Base
  | Parenthesized
  | Tuple
  | MemberAccess
  | ConditionalAccess
  | MemberBinding
  | ElementBinding
  | Invocation
  | ElementAccess
  | PrefixUnary
  | PostfixUnary
  | Binary
  | Is
  | As
  | IsPattern
  | Conditional
  | Assignment
  | Cast
  | Lambda
  | AnonymousMethod
  | ObjectCreation
  | AnonymousObjectCreation
  | ArrayCreation
  | ImplicitArrayCreation
  | TypeOf
  | SizeOf
  | Checked
  | Throw
  | Ref
  | Declaration
  | Query
  | Missing;

// ------------------------------------------------------------ designations and patterns

export type SingleVariable = Node<"SingleVariable"> & { readonly name: string };

/** `_`. */
export type Discard = Node<"Discard">;
export type ParenthesizedVariables = Node<"ParenthesizedVariables"> & { readonly variables: readonly Designation[] };
export type Designation = SingleVariable | Discard | ParenthesizedVariables;

/** A constant, or a plain name that may be a type (in a `case` label C# 7.3 takes it as a constant). */
export type ConstantPattern = Node<"ConstantPattern"> & { readonly expression: Expression };

/** `T x`, `T _`, `var x`: in the last form the type is the IdentifierName `var`. */
export type DeclarationPattern = Node<"DeclarationPattern"> & {
  readonly type: TypeSyntax;
  readonly designation: SingleVariable | Discard;
};
export type Pattern = ConstantPattern | DeclarationPattern;

// ------------------------------------------------------------ creations

export type ObjectCreation = Node<"ObjectCreation"> & {
  readonly type: TypeSyntax;
  /** Absent in `new T { ... }`. */
  readonly arguments?: readonly Argument[];
  readonly initializer?: ObjectInitializer | CollectionInitializer;
};

/** `{ A = 1, ["k"] = 2, B = { C = 3 } }`: nested braces set members of the value there. */
export type ObjectInitializer = Node<"ObjectInitializer"> & { readonly members: readonly MemberInitializer[] };
export type MemberInitializer = Node<"MemberInitializer"> & {
  readonly target: IdentifierName | ImplicitElementAccess;
  readonly value: Expression | ObjectInitializer | CollectionInitializer;
};

/** `["k"]` in an object initializer. */
export type ImplicitElementAccess = Node<"ImplicitElementAccess"> & { readonly arguments: readonly Argument[] };

/** `{ 1, { "a", 2 } }`; an empty `{ }` is parsed as ObjectInitializer. */
export type CollectionInitializer = Node<"CollectionInitializer"> & {
  readonly elements: readonly (Expression | ElementInitializer)[];
};

/** Braces inside a collection initializer: the arguments of one call of Add. */
export type ElementInitializer = Node<"ElementInitializer"> & { readonly expressions: readonly Expression[] };
export type AnonymousObjectCreation = Node<"AnonymousObjectCreation"> & {
  readonly members: readonly AnonymousMember[];
};
export type AnonymousMember = Node<"AnonymousMember"> & {
  /** Written or taken from the expression's last name. */
  readonly name: string;
  readonly expression: Expression;
};

/** `new int[2, 3]`, `new int[] { 1 }`. `type` is the whole array type; `sizes` is empty when only an initializer gives them. */
export type ArrayCreation = Node<"ArrayCreation"> & {
  readonly type: ArrayType;
  readonly sizes: readonly Expression[];
  readonly initializer?: ArrayInitializer;
};

/** `new[] { 1, 2 }`. */
export type ImplicitArrayCreation = Node<"ImplicitArrayCreation"> & {
  readonly rank: number;
  readonly initializer: ArrayInitializer;
};
export type ArrayInitializer = Node<"ArrayInitializer"> & {
  readonly elements: readonly (Expression | ArrayInitializer)[];
};

// ------------------------------------------------------------ queries

export type FromClause = Node<"FromClause"> & {
  readonly type?: TypeSyntax;
  readonly name: string;
  readonly nameStart: number;
  readonly expression: Expression;
};
export type LetClause = Node<"LetClause"> & {
  readonly name: string;
  readonly nameStart: number;
  readonly expression: Expression;
};
export type WhereClause = Node<"WhereClause"> & { readonly condition: Expression };
export type JoinClause = Node<"JoinClause"> & {
  readonly type?: TypeSyntax;
  readonly name: string;
  readonly nameStart: number;
  readonly inExpression: Expression;
  readonly leftExpression: Expression;
  readonly rightExpression: Expression;
  /** Name of a group join. */
  readonly into?: string;
  readonly intoStart?: number;
};
export type OrderByClause = Node<"OrderByClause"> & { readonly orderings: readonly Ordering[] };
export interface Ordering extends Span {
  readonly expression: Expression;
  readonly descending: boolean;
}
export type SelectClause = Node<"SelectClause"> & { readonly expression: Expression };
export type GroupClause = Node<"GroupClause"> & {
  readonly groupExpression: Expression;
  readonly byExpression: Expression;
};

/** `into x`: everything before becomes the source named x of the clauses after it. */
export type IntoClause = Node<"IntoClause"> & { readonly name: string; readonly nameStart: number };

export type QueryClause =
  | FromClause
  | LetClause
  | WhereClause
  | JoinClause
  | OrderByClause
  | SelectClause
  | GroupClause
  | IntoClause;

// ------------------------------------------------------------ statements

export type Block = Node<"Block"> & { readonly statements: readonly Statement[] };

/** `int a = 1, b;`, `const int k = 2;`, `ref int r = ref x;` (its type is a RefType). */
export type LocalDeclaration = Node<"LocalDeclaration"> & {
  readonly isConst: boolean;
  readonly declaration: VariableDeclaration;
};
export type VariableDeclaration = Node<"VariableDeclaration"> & {
  readonly type: TypeSyntax;
  readonly variables: readonly VariableDeclarator[];
};
export type VariableDeclarator = Node<"VariableDeclarator"> & {
  readonly name: string;
  readonly initializer?: Expression | ArrayInitializer;
};
export type TypeParameterName = Node<"TypeParameterName"> & { readonly name: string };

/** `where T : class, IComparable<T>, new()`. */
export type ConstraintClause = Node<"ConstraintClause"> & {
  /** Its span is that of the name after `where`. */
  readonly name: string;
  readonly constraints: readonly Constraint[];
};
export type Constraint = Node<"TypeConstraint"> & {
  /** A type; or one of the words that are none. */
  readonly what: TypeSyntax | "class" | "struct" | "new";
};

export type LocalFunction = Node<"LocalFunction"> & {
  readonly returnType: TypeSyntax;
  readonly name: string;
  readonly nameStart: number;
  readonly typeParameters: readonly TypeParameterName[];
  readonly constraints: readonly ConstraintClause[];
  readonly parameters: readonly Parameter[];
  readonly body: Block | Expression;
};

/** Any expression: that it must be a call, assignment, increment, decrement, await or `new` (CS0201) is left to the binder. */
export type ExpressionStatement = Node<"ExpressionStatement"> & { readonly expression: Expression };
export type EmptyStatement = Node<"EmptyStatement">;
export type LabeledStatement = Node<"LabeledStatement"> & { readonly label: string; readonly statement: Statement };
export type IfStatement = Node<"IfStatement"> & {
  readonly condition: Expression;
  readonly statement: Statement;
  readonly else?: Statement;
};
export type WhileStatement = Node<"WhileStatement"> & {
  readonly condition: Expression;
  readonly statement: Statement;
};
export type DoStatement = Node<"DoStatement"> & { readonly statement: Statement; readonly condition: Expression };
export type ForStatement = Node<"ForStatement"> & {
  readonly declaration?: VariableDeclaration;
  readonly initializers: readonly Expression[];
  readonly condition?: Expression;
  readonly incrementors: readonly Expression[];
  readonly statement: Statement;
};
export type ForEachStatement = Node<"ForEachStatement"> & {
  readonly type: TypeSyntax;
  readonly name: string;
  readonly nameStart: number;
  readonly expression: Expression;
  readonly statement: Statement;
};

/** `foreach (var (k, v) in x)`: `variable` is a Declaration or a Tuple of Declarations. */
export type ForEachVariableStatement = Node<"ForEachVariableStatement"> & {
  readonly variable: Expression;
  readonly expression: Expression;
  readonly statement: Statement;
};
export type SwitchStatement = Node<"SwitchStatement"> & {
  readonly expression: Expression;
  readonly sections: readonly SwitchSection[];
};
export type SwitchSection = Node<"SwitchSection"> & {
  readonly labels: readonly SwitchLabel[];
  readonly statements: readonly Statement[];
};

/** `case 1:` is a CaseLabel with a ConstantPattern. */
export type CaseLabel = Node<"CaseLabel"> & { readonly pattern: Pattern; readonly when?: Expression };
export type DefaultLabel = Node<"DefaultLabel">;
export type SwitchLabel = CaseLabel | DefaultLabel;
export type BreakStatement = Node<"BreakStatement">;
export type ContinueStatement = Node<"ContinueStatement">;
export type GotoStatement = Node<"GotoStatement"> & { readonly label: string; readonly labelStart: number };
export type GotoCaseStatement = Node<"GotoCaseStatement"> & { readonly value: Expression };
export type GotoDefaultStatement = Node<"GotoDefaultStatement">;
export type ReturnStatement = Node<"ReturnStatement"> & { readonly expression?: Expression };
export type ThrowStatement = Node<"ThrowStatement"> & {
  /** Absent: rethrow. */
  readonly expression?: Expression;
};
export type TryStatement = Node<"TryStatement"> & {
  readonly block: Block;
  readonly catches: readonly CatchClause[];
  readonly finally?: Block;
};
export type CatchClause = Node<"CatchClause"> & {
  readonly type?: TypeSyntax;
  readonly name?: string;
  readonly filter?: Expression;
  readonly block: Block;
};
export type UsingStatement = Node<"UsingStatement"> & {
  /** One of the two. */
  readonly declaration?: VariableDeclaration;
  readonly expression?: Expression;
  readonly statement: Statement;
};
export type LockStatement = Node<"LockStatement"> & {
  readonly expression: Expression;
  readonly statement: Statement;
};

/** Only in a local function, whose result type is IEnumerable or IEnumerator. */
export type YieldReturnStatement = Node<"YieldReturnStatement"> & { readonly expression: Expression };
export type YieldBreakStatement = Node<"YieldBreakStatement">;

/** `checked { }` or `unchecked { }`. */
export type CheckedStatement = Node<"CheckedStatement"> & { readonly checked: boolean; readonly block: Block };

export type Statement =
  | Block
  | LocalDeclaration
  | LocalFunction
  | ExpressionStatement
  | EmptyStatement
  | LabeledStatement
  | IfStatement
  | WhileStatement
  | DoStatement
  | ForStatement
  | ForEachStatement
  | ForEachVariableStatement
  | SwitchStatement
  | BreakStatement
  | ContinueStatement
  | GotoStatement
  | GotoCaseStatement
  | GotoDefaultStatement
  | ReturnStatement
  | ThrowStatement
  | TryStatement
  | UsingStatement
  | LockStatement
  | YieldReturnStatement
  | YieldBreakStatement
  | CheckedStatement;
