using System.Collections.Immutable;

namespace Vigil.Configuration.Expressions;

/// <summary>Reads an expression by Python's grammar and precedence. Total: a mistake is a value, and nesting is bounded.</summary>
internal sealed class ExpressionParser(List<Token> tokens)
{
    private const int MostNesting = 60, MostDepth = 400;
    private static readonly string[] Keywords = ["and", "or", "not", "in", "is", "if", "else", "for", "lambda", "await", "yield", "None", "True", "False", "true", "false", "null"];
    private static readonly (string Symbol, ComparisonKind Kind)[] Comparisons =
        [("==", ComparisonKind.Equal), ("!=", ComparisonKind.NotEqual), ("<=", ComparisonKind.LessOrEqual), (">=", ComparisonKind.GreaterOrEqual), ("<", ComparisonKind.Less), (">", ComparisonKind.Greater)];

    private readonly List<string> _names = [], _locals = [];
    private int _at, _nesting;

    public ExpressionMistake? Mistake { get; private set; }

    /// <summary>The names of values, in the order of their slots.</summary>
    public ImmutableArray<string> Names => [.. _names];

    private Token Here => tokens[_at];

    public ExpressionNode? ReadAll()
    {
        if (Here.Kind is TokenKind.End) return Fail("there is no expression here");
        var node = Expression();
        if (node is null) return null;
        if (IsSymbol(",")) return Fail("a comma stands inside brackets only", "write (a, b) or [a, b]");
        if (IsSymbol("=")) return Fail("'=' gives a value a name, which an expression cannot", "write '==' to compare");
        return Here.Kind is TokenKind.End ? node : Fail($"'{Here.Text}' was not expected here");
    }

    private ExpressionNode? Fail(string message, string? hint = null) => Fail(Here.Column, message, hint);

    private ExpressionNode? Fail(int column, string message, string? hint = null)
    {
        Mistake ??= new(column, message, hint);
        return null;
    }

    private bool IsSymbol(string symbol) => Here.Kind is TokenKind.Symbol && Here.Text == symbol;
    private bool IsWord(string word) => Here.Kind is TokenKind.Name && Here.Text == word;
    private bool TakeSymbol(string symbol) => IsSymbol(symbol) && ++_at > 0;
    private bool TakeWord(string word) => IsWord(word) && ++_at > 0;

    private bool Expect(string symbol)
    {
        if (TakeSymbol(symbol)) return true;
        Fail(Here.Kind is TokenKind.End ? $"'{symbol}' is missing at the end" : $"'{symbol}' was expected here, not '{Here.Text}'");
        return false;
    }

    /// <summary>Bounds how deep the parser calls itself, and how deep the tree becomes.</summary>
    private ExpressionNode? Nested(Func<ExpressionNode?> read)
    {
        if (++_nesting > MostNesting) return Fail("this is nested too deeply");
        var node = read();
        _nesting--;
        return node is { Depth: > MostDepth } ? Fail(node.Column, "this expression is too long", "compute a part of it in a key of its own") : node;
    }

    private ExpressionNode? Expression() => Nested(Ternary);

    private ExpressionNode? Ternary()
    {
        if (IsWord("lambda")) return Fail("there are no functions of one's own here");
        var value = Or();
        if (value is null || !IsWord("if")) return value;
        var column = tokens[_at++].Column;
        if (Or() is not { } condition) return null;
        if (!TakeWord("else")) return Fail("'else' is missing: a if condition else b");
        return Expression() is { } otherwise ? new ExpressionNode.Choice(column, condition, value, otherwise) : null;
    }

    private ExpressionNode? Or() => Logic("or", ExpressionNode.Until.True, And);
    private ExpressionNode? And() => Logic("and", ExpressionNode.Until.False, Not);

    private ExpressionNode? Logic(string word, ExpressionNode.Until until, Func<ExpressionNode?> read)
    {
        var (column, first) = (Here.Column, read());
        if (first is null || !IsWord(word)) return first;
        var parts = ImmutableArray.CreateBuilder<ExpressionNode>();
        parts.Add(first);
        while (TakeWord(word))
        {
            if (read() is not { } next) return null;
            parts.Add(next);
        }
        return new ExpressionNode.Logic(column, until, parts.DrainToImmutable());
    }

    private ExpressionNode? Not()
    {
        if (!IsWord("not")) return Compared();
        var column = tokens[_at++].Column;
        return Nested(Not) is { } inner ? new ExpressionNode.Not(column, inner) : null;
    }

    private ExpressionNode? Compared()
    {
        var (column, first) = (Here.Column, Sum());
        if (first is null) return null;
        var links = ImmutableArray.CreateBuilder<(ComparisonKind, int, ExpressionNode)>();
        while (true)
        {
            var at = Here.Column;
            if (TakeComparison() is not { } kind) break;
            if (Sum() is not { } other) return null;
            if (kind is ComparisonKind.Is or ComparisonKind.IsNot && other is not ExpressionNode.Constant { Value: Value.None or Value.Bool }) return Fail(at, "'is' asks for None, True or False only", "write '==' to compare");
            links.Add((kind, at, other));
        }
        return Mistake is not null ? null : links.Count == 0 ? first : new ExpressionNode.Compared(column, first, links.DrainToImmutable());
    }

    private ComparisonKind? TakeComparison()
    {
        if (Here.Kind is TokenKind.Symbol)
        {
            foreach (var (symbol, kind) in Comparisons)
                if (TakeSymbol(symbol)) return kind;
            return null;
        }
        if (TakeWord("in")) return ComparisonKind.In;
        if (TakeWord("is")) return TakeWord("not") ? ComparisonKind.IsNot : ComparisonKind.Is;
        if (!IsWord("not")) return null;
        _at++;
        if (TakeWord("in")) return ComparisonKind.NotIn;
        Fail("'in' was expected after 'not' here");
        return null;
    }

    private ExpressionNode? Sum() => Chain(Product, static word => word switch { "+" => Operator.Add, "-" => Operator.Subtract, _ => null });

    private ExpressionNode? Product() =>
        Chain(Unary, static word => word switch { "*" => Operator.Multiply, "/" => Operator.Divide, "//" => Operator.FloorDivide, "%" => Operator.Modulo, _ => null });

    private ExpressionNode? Chain(Func<ExpressionNode?> read, Func<string, Operator?> operation)
    {
        var left = read();
        while (left is not null && Here.Kind is TokenKind.Symbol && operation(Here.Text) is { } op)
        {
            var column = tokens[_at++].Column;
            if (read() is not { } right) return null;
            left = new ExpressionNode.Binary(column, op, left, right);
            if (left.Depth > MostDepth) return Fail(column, "this expression is too long", "compute a part of it in a key of its own");
        }
        return left;
    }

    private ExpressionNode? Unary()
    {
        var column = Here.Column;
        if (TakeSymbol("-")) return Nested(Unary) is { } inner ? new ExpressionNode.Negation(column, inner) : null;
        if (TakeSymbol("+")) return Nested(Unary) is { } same ? new ExpressionNode.Plus(column, same) : null;
        if (Postfix() is not { } value) return null;
        column = Here.Column;
        if (!TakeSymbol("**")) return value;
        return Nested(Unary) is { } power ? new ExpressionNode.Binary(column, Operator.Power, value, power) : null;
    }

    private ExpressionNode? Postfix()
    {
        var node = Atom();
        while (node is not null && Here.Kind is TokenKind.Symbol)
        {
            var column = Here.Column;
            if (TakeSymbol("[")) node = Index(column, node);
            else if (TakeSymbol(".")) node = Method(node);
            else if (IsSymbol("(")) return Fail("only a function is called, by its name");
            else break;
            if (node is { Depth: > MostDepth }) return Fail(column, "this expression is too long", "compute a part of it in a key of its own");
        }
        return node;
    }

    private ExpressionNode? Index(int column, ExpressionNode holder)
    {
        if (IsSymbol("]")) return Fail("an index is missing here");
        var parts = new List<ExpressionNode?>();
        while (parts.Count < 3)
        {
            var part = IsSymbol(":") || IsSymbol("]") ? null : Expression();
            if (Mistake is not null) return null;
            parts.Add(part);
            if (!TakeSymbol(":")) break;
            if (parts.Count == 3) return Fail("a slice has at most three parts");
            if (IsSymbol("]")) { parts.Add(null); break; }
        }
        if (!Expect("]")) return null;
        return parts is [{ } index] ? new ExpressionNode.Item(column, holder, index) : new ExpressionNode.Slice(column, holder, parts[0], parts[1], parts.Count > 2 ? parts[2] : null);
    }

    private ExpressionNode? Method(ExpressionNode receiver)
    {
        var name = Here;
        if (name.Kind is not TokenKind.Name) return Fail("a name was expected after the dot");
        _at++;
        if (!TakeSymbol("(")) return Fail(name.Column, $"'.{name.Text}' asks for a key of a computed value", $"write ['{name.Text}']");
        return Arguments(")") is { } arguments ? Called(ExpressionFunctions.Method(name.Text), name, "." + name.Text, [receiver, .. arguments]) : null;
    }

    private ExpressionNode? Called(ExpressionFunction? function, Token name, string shown, ImmutableArray<ExpressionNode> arguments)
    {
        if (function is null) return Fail(name.Column, $"there is no function '{shown}'", Suggestion.Hint(name.Text, ExpressionFunctions.Names) ?? $"functions: {string.Join(", ", ExpressionFunctions.Names)}");
        if (arguments.Length >= function.Least && arguments.Length <= function.Most) return new ExpressionNode.Call(name.Column, function, arguments);
        return Fail(name.Column, $"'{shown}' takes other arguments", $"{function.Signature}");
    }

    /// <summary>The parts up to a closing bracket, which is taken; a lone comprehension is one list.</summary>
    private ImmutableArray<ExpressionNode>? Arguments(string close)
    {
        var parts = ImmutableArray.CreateBuilder<ExpressionNode>();
        if (ForAhead() is { } at)
        {
            if (Comprehension(at) is not { } made || !Expect(close)) return null;
            return [made];
        }
        while (!TakeSymbol(close))
        {
            if (Here.Kind is TokenKind.Name && tokens[_at + 1] is { Kind: TokenKind.Symbol, Text: "=" }) { Fail("arguments are given without their names here"); return null; }
            if (Expression() is not { } part) return null;
            parts.Add(part);
            if (!IsSymbol(close) && !Expect(",")) return null;
        }
        return parts.DrainToImmutable();
    }

    private ExpressionNode? Atom()
    {
        var token = Here;
        switch (token)
        {
            case { Kind: TokenKind.Number }: _at++; return new ExpressionNode.Constant(token.Column, token.Literal!);
            case { Kind: TokenKind.Text }: return Words();
            case { Kind: TokenKind.Name }: return Name();
            case { Kind: TokenKind.Symbol, Text: "(" }: _at++; return Parenthesis(token.Column);
            case { Kind: TokenKind.Symbol, Text: "[" }:
                _at++;
                if (ForAhead() is not null) return Arguments("]") is { } made ? made[0] : null;
                return Arguments("]") is { } items ? new ExpressionNode.Row(token.Column, RowKind.List, items) : null;
            case { Kind: TokenKind.Symbol, Text: "{" }: _at++; return Braces(token.Column);
            case { Kind: TokenKind.End }: return Fail("the expression ends too early");
            default: return Fail($"'{token.Text}' was not expected here");
        }
    }

    /// <summary>Texts that follow each other are one.</summary>
    private ExpressionNode.Constant Words()
    {
        var (column, word) = (Here.Column, "");
        while (Here is { Kind: TokenKind.Text, Literal: Value.Text { Word: var part } }) { word += part; _at++; }
        return new(column, new Value.Text(word));
    }

    private ExpressionNode? Name()
    {
        var token = tokens[_at++];
        switch (token.Text)
        {
            case "None" or "null": return new ExpressionNode.Constant(token.Column, Value.None.Instance);
            case "True" or "true": return new ExpressionNode.Constant(token.Column, Value.Bool.True);
            case "False" or "false": return new ExpressionNode.Constant(token.Column, Value.Bool.False);
        }
        if (Keywords.Contains(token.Text)) return Fail(token.Column, $"'{token.Text}' was not expected here");
        if (_locals.LastIndexOf(token.Text) is >= 0 and var local) return new ExpressionNode.Local(token.Column, local);
        var name = token.Text;
        while (IsSymbol(".") && tokens[_at + 1].Kind is TokenKind.Name && (tokens[_at + 2] is not { Kind: TokenKind.Symbol, Text: "(" } || name == "math"))
        {
            name += "." + tokens[_at + 1].Text;
            _at += 2;
        }
        if (TakeSymbol("(")) return Arguments(")") is { } arguments ? Called(ExpressionFunctions.Find(name), token, name, arguments) : null;
        var slot = _names.IndexOf(name);
        if (slot < 0) { slot = _names.Count; _names.Add(name); }
        return new ExpressionNode.Named(token.Column, name, slot);
    }

    private ExpressionNode? Parenthesis(int column)
    {
        if (TakeSymbol(")")) return new ExpressionNode.Row(column, RowKind.Tuple, []);
        if (ForAhead() is not null) return Arguments(")") is { } made ? made[0] : null;
        if (Expression() is not { } first) return null;
        if (TakeSymbol(")")) return first;
        if (!Expect(",")) return null;
        return Arguments(")") is { } rest ? new ExpressionNode.Row(column, RowKind.Tuple, [first, .. rest]) : null;
    }

    private ExpressionNode? Braces(int column)
    {
        if (TakeSymbol("}")) return new ExpressionNode.Table(column, []);
        if (ForAhead() is { } at) return Fail(tokens[at].Column, "'for' stands in [ ] or in the brackets of a call only");
        if (Expression() is not { } first) return null;
        if (!IsSymbol(":"))
        {
            if (!IsSymbol("}") && !Expect(",")) return null;
            return Arguments("}") is { } rest ? new ExpressionNode.Row(column, RowKind.Set, [first, .. rest]) : null;
        }
        var entries = ImmutableArray.CreateBuilder<(ExpressionNode, ExpressionNode)>();
        for (var key = first; key is not null; key = Expression())
        {
            if (!Expect(":") || Expression() is not { } item) return null;
            entries.Add((key, item));
            if (TakeSymbol("}")) return new ExpressionNode.Table(column, entries.DrainToImmutable());
            if (!Expect(",")) return null;
            if (TakeSymbol("}")) return new ExpressionNode.Table(column, entries.DrainToImmutable());
        }
        return null;
    }

    /// <summary>Where the <c>for</c> of a comprehension stands that begins here; its variables must be known before what uses them is read.</summary>
    private int? ForAhead()
    {
        var open = 0;
        for (var i = _at; i < tokens.Count; i++)
        {
            var token = tokens[i];
            if (token.Kind is TokenKind.Symbol && token.Text is "(" or "[" or "{") open++;
            else if (token.Kind is TokenKind.Symbol && token.Text is ")" or "]" or "}") { if (--open < 0) return null; }
            else if (open == 0 && token is { Kind: TokenKind.Symbol, Text: "," }) return null;
            else if (open == 0 && token is { Kind: TokenKind.Name, Text: "for" }) return i;
        }
        return null;
    }

    private ExpressionNode? Comprehension(int forAt)
    {
        var (start, first) = (_at, _locals.Count);
        _at = forAt + 1;
        var column = tokens[forAt].Column;
        if (Targets() is not { } targets) return null;
        if (!TakeWord("in")) return Fail("'in' is missing: [x for x in row]");
        if (Or() is not { } source) return null;
        _locals.AddRange(targets);
        var condition = TakeWord("if") ? Or() : null;
        while (Mistake is null && TakeWord("if")) condition = Or() is { } more ? new ExpressionNode.Logic(column, ExpressionNode.Until.False, [condition!, more]) : null;
        if (IsWord("for")) return Fail("one 'for' at a time");
        var end = _at;
        _at = start;
        var item = Expression();
        if (Mistake is null && _at != forAt) return Fail($"'{Here.Text}' was not expected here");
        _at = end;
        _locals.RemoveRange(first, targets.Count);
        return Mistake is null ? new ExpressionNode.Comprehension(column, item!, source, condition, first, targets.Count) : null;
    }

    private List<string>? Targets()
    {
        var targets = new List<string>();
        var isBracketed = TakeSymbol("(");
        do
        {
            if (Here.Kind is not TokenKind.Name || Keywords.Contains(Here.Text)) { Fail("a name was expected after 'for'"); return null; }
            targets.Add(tokens[_at++].Text);
        }
        while (TakeSymbol(","));
        return isBracketed && !Expect(")") ? null : targets;
    }
}
