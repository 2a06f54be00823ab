using System.Collections.Immutable;
using System.Numerics;

namespace Vigil.Configuration.Expressions;

/// <summary>A parsed expression. Immutable, so that it can be evaluated for many points at once.</summary>
/// <param name="Column">1-based: where its mistakes are shown.</param>
internal abstract record ExpressionNode(int Column)
{
    /// <summary>Null with the run's mistake.</summary>
    public abstract Value? Evaluate(Evaluation run);

    /// <summary>How deep the nodes stand in each other; the parser bounds it, so that evaluating cannot exhaust the stack.</summary>
    public int Depth { get; protected init; } = 1;

    public sealed record Constant(int Column, Value Value) : ExpressionNode(Column)
    {
        public override Value? Evaluate(Evaluation run) => Value;
    }

    /// <summary>A value of the configuration, by its dotted key.</summary>
    public sealed record Named(int Column, string Name, int Slot) : ExpressionNode(Column)
    {
        public override Value? Evaluate(Evaluation run) =>
            run.Spend(Column, 1) ? run.Named(Slot) ?? run.Fail(Column, $"there is no '{Name}' here", null, Name) : null;
    }

    /// <summary>The variable of a comprehension.</summary>
    public sealed record Local(int Column, int Index) : ExpressionNode(Column)
    {
        public override Value? Evaluate(Evaluation run) => run.Spend(Column, 1) ? run.Locals[Index] : null;
    }

    public sealed record Binary : ExpressionNode
    {
        private readonly Operator _op;
        private readonly ExpressionNode _left, _right;

        public Binary(int column, Operator op, ExpressionNode left, ExpressionNode right) : base(column) =>
            (_op, _left, _right, Depth) = (op, left, right, Math.Max(left.Depth, right.Depth) + 1);

        public override Value? Evaluate(Evaluation run) =>
            _left.Evaluate(run) is { } a && _right.Evaluate(run) is { } b ? Arithmetic.Apply(_op, a, b, run, Column) : null;
    }

    public sealed record Negation : ExpressionNode
    {
        private readonly ExpressionNode _inner;

        public Negation(int column, ExpressionNode inner) : base(column) => (_inner, Depth) = (inner, inner.Depth + 1);

        public override Value? Evaluate(Evaluation run) => _inner.Evaluate(run) is { } value ? Arithmetic.Negate(value, run, Column) : null;
    }

    /// <summary>A <c>+</c> before a number: the number itself, and a bool as one.</summary>
    public sealed record Plus : ExpressionNode
    {
        private readonly ExpressionNode _inner;

        public Plus(int column, ExpressionNode inner) : base(column) => (_inner, Depth) = (inner, inner.Depth + 1);

        public override Value? Evaluate(Evaluation run) => _inner.Evaluate(run) switch
        {
            null => null,
            Value.Real real => real,
            { } value when Arithmetic.AsWhole(value) is { } whole => new Value.Whole(whole),
            { } value => run.Fail(Column, $"'+' does not take {value.KindName}"),
        };
    }

    public sealed record Not : ExpressionNode
    {
        private readonly ExpressionNode _inner;

        public Not(int column, ExpressionNode inner) : base(column) => (_inner, Depth) = (inner, inner.Depth + 1);

        public override Value? Evaluate(Evaluation run) => _inner.Evaluate(run) is { } value ? Value.Bool.Of(!value.IsTrue) : null;
    }

    public enum Until { True, False }

    /// <summary><c>or</c> gives the first true value, <c>and</c> the first false one, both else the last.</summary>
    public sealed record Logic : ExpressionNode
    {
        private readonly Until _until;
        private readonly ImmutableArray<ExpressionNode> _parts;

        public Logic(int column, Until until, ImmutableArray<ExpressionNode> parts) : base(column) => (_until, _parts, Depth) = (until, parts, parts.Max(static p => p.Depth) + 1);

        public override Value? Evaluate(Evaluation run)
        {
            Value? last = null;
            foreach (var part in _parts)
            {
                last = part.Evaluate(run);
                if (last is null || last.IsTrue == _until is Until.True) return last;
            }
            return last;
        }
    }

    /// <summary><c>a &lt; b &lt;= c</c>: every neighbour is compared, each value evaluated once.</summary>
    public sealed record Compared : ExpressionNode
    {
        private readonly ExpressionNode _first;
        private readonly ImmutableArray<(ComparisonKind Kind, int Column, ExpressionNode Other)> _links;

        public Compared(int column, ExpressionNode first, ImmutableArray<(ComparisonKind Kind, int Column, ExpressionNode Other)> links) : base(column) =>
            (_first, _links, Depth) = (first, links, Math.Max(first.Depth, links.Max(static l => l.Other.Depth)) + 1);

        public override Value? Evaluate(Evaluation run)
        {
            var left = _first.Evaluate(run);
            foreach (var (kind, column, other) in _links)
            {
                if (left is null || other.Evaluate(run) is not { } right) return null;
                var holds = Comparison.Holds(kind, left, right, run, column);
                if (run.Mistake is not null) return null;
                if (holds is not true) return Value.Bool.False;
                left = right;
            }
            return Value.Bool.True;
        }
    }

    /// <summary><c>a if c else b</c>.</summary>
    public sealed record Choice : ExpressionNode
    {
        private readonly ExpressionNode _condition, _then, _otherwise;

        public Choice(int column, ExpressionNode condition, ExpressionNode then, ExpressionNode otherwise) : base(column) =>
            (_condition, _then, _otherwise, Depth) = (condition, then, otherwise, Math.Max(condition.Depth, Math.Max(then.Depth, otherwise.Depth)) + 1);

        public override Value? Evaluate(Evaluation run) => _condition.Evaluate(run) is { } value ? (value.IsTrue ? _then : _otherwise).Evaluate(run) : null;
    }

    public sealed record Row : ExpressionNode
    {
        private readonly RowKind _kind;
        private readonly ImmutableArray<ExpressionNode> _items;

        public Row(int column, RowKind kind, ImmutableArray<ExpressionNode> items) : base(column) =>
            (_kind, _items, Depth) = (kind, items, items.IsEmpty ? 1 : items.Max(static i => i.Depth) + 1);

        public override Value? Evaluate(Evaluation run)
        {
            if (!run.Spend(Column, _items.Length + 1)) return null;
            var items = ImmutableArray.CreateBuilder<Value>(_items.Length);
            foreach (var item in _items)
            {
                if (item.Evaluate(run) is not { } value) return null;
                if (_kind is RowKind.Set && !Comparison.IsKey(value, run, item.Column)) return null;
                if (_kind is RowKind.Set && items.Any(known => Comparison.Equal(known, value, run, Column))) continue;
                items.Add(value);
            }
            return new Value.Row(_kind, items.DrainToImmutable());
        }
    }

    public sealed record Table : ExpressionNode
    {
        private readonly ImmutableArray<(ExpressionNode Key, ExpressionNode Item)> _entries;

        public Table(int column, ImmutableArray<(ExpressionNode Key, ExpressionNode Item)> entries) : base(column) =>
            (_entries, Depth) = (entries, entries.IsEmpty ? 1 : entries.Max(static e => Math.Max(e.Key.Depth, e.Item.Depth)) + 1);

        public override Value? Evaluate(Evaluation run)
        {
            var entries = ImmutableArray.CreateBuilder<TableEntry>(_entries.Length);
            foreach (var (key, item) in _entries)
            {
                if (!run.Spend(Column, entries.Count + 1) || key.Evaluate(run) is not { } name || item.Evaluate(run) is not { } value) return null;
                if (!Comparison.IsKey(name, run, key.Column)) return null;
                var known = -1;
                for (var i = 0; i < entries.Count && known < 0; i++)
                    if (Comparison.Equal(entries[i].Key, name, run, Column)) known = i;
                if (known < 0) entries.Add(new(name, value)); else entries[known] = entries[known] with { Item = value };
            }
            return new Value.Table(entries.DrainToImmutable());
        }
    }

    /// <summary><c>f(a, b)</c> and <c>a.f(b)</c>: a method's receiver is its first argument.</summary>
    public sealed record Call : ExpressionNode
    {
        private readonly ExpressionFunction _function;
        private readonly ImmutableArray<ExpressionNode> _arguments;

        public Call(int column, ExpressionFunction function, ImmutableArray<ExpressionNode> arguments) : base(column) =>
            (_function, _arguments, Depth) = (function, arguments, arguments.IsEmpty ? 1 : arguments.Max(static a => a.Depth) + 1);

        public override Value? Evaluate(Evaluation run)
        {
            if (!run.Spend(Column, 1)) return null;
            var values = new Value[_arguments.Length];
            for (var i = 0; i < values.Length; i++)
            {
                if (_arguments[i].Evaluate(run) is not { } value) return null;
                values[i] = value;
            }
            return _function.Apply(values, run, Column);
        }
    }

    /// <summary><c>a[b]</c>.</summary>
    public sealed record Item : ExpressionNode
    {
        private readonly ExpressionNode _holder, _index;

        public Item(int column, ExpressionNode holder, ExpressionNode index) : base(column) => (_holder, _index, Depth) = (holder, index, Math.Max(holder.Depth, index.Depth) + 1);

        public override Value? Evaluate(Evaluation run)
        {
            if (_holder.Evaluate(run) is not { } holder || _index.Evaluate(run) is not { } index || !run.Spend(Column, 1)) return null;
            switch (holder)
            {
                case Value.Table table:
                    return Comparison.Find(table, index, run, Column) ?? run.Fail(Column, $"the mapping has no key {ValueText.Short(index)}");
                case Value.Row { Kind: not RowKind.Set, Items: var items }:
                    return Position(index, items.Length, run) is { } at ? items[at] : null;
                case Value.Text { Word: var word }:
                    if (!run.Spend(Column, word.Length / 16)) return null;
                    var letters = CodePoints.Split(word);
                    return Position(index, letters.Length, run) is { } place ? new Value.Text(letters[place]) : null;
                default: return run.Fail(Column, $"{holder.KindName} has no items");
            }
        }

        private int? Position(Value index, int length, Evaluation run)
        {
            if (Arithmetic.AsWhole(index) is not { } at) run.Fail(Column, $"an index is an int, not {index.KindName}");
            else if (at >= length || at < -length) run.Fail(Column, $"there is no item {ValueText.Short(index)}: there are {length}");
            else return (int)(at.Sign < 0 ? at + length : at);
            return null;
        }
    }

    /// <summary><c>a[b:c:d]</c>; what is left out is null.</summary>
    public sealed record Slice : ExpressionNode
    {
        private readonly ExpressionNode _holder;
        private readonly ExpressionNode? _start, _stop, _step;

        public Slice(int column, ExpressionNode holder, ExpressionNode? start, ExpressionNode? stop, ExpressionNode? step) : base(column) =>
            (_holder, _start, _stop, _step, Depth) = (holder, start, stop, step, Math.Max(Math.Max(holder.Depth, start?.Depth ?? 0), Math.Max(stop?.Depth ?? 0, step?.Depth ?? 0)) + 1);

        public override Value? Evaluate(Evaluation run)
        {
            if (_holder.Evaluate(run) is not { } holder) return null;
            var (start, stop, step) = (Bound(_start, run), Bound(_stop, run), Bound(_step, run));
            return run.Mistake is null ? Take(holder, start, stop, step, run, Column) : null;
        }

        public static Value? Take(Value holder, long? start, long? stop, long? step, Evaluation run, int column)
        {
            if (step == 0) return run.Fail(column, "a slice cannot step by zero");
            switch (holder)
            {
                case Value.Row { Kind: not RowKind.Set } row:
                    return run.Spend(column, row.Items.Length) ? row with { Items = [.. Slices.Indices(row.Items.Length, start, stop, step ?? 1).Select(i => row.Items[i])] } : null;
                case Value.Text { Word: var word }:
                    if (!run.Spend(column, word.Length / 16)) return null;
                    var letters = CodePoints.Split(word);
                    return new Value.Text(CodePoints.Join(Slices.Indices(letters.Length, start, stop, step ?? 1).Select(i => letters[i])));
                default: return run.Fail(column, $"{holder.KindName} cannot be sliced");
            }
        }

        private static long? Bound(ExpressionNode? node, Evaluation run)
        {
            if (node?.Evaluate(run) is not { } value || value is Value.None) return null;
            // Nothing is longer than this, so a larger bound means the same.
            if (Arithmetic.AsWhole(value) is { } whole) return (long)BigInteger.Clamp(whole, -(1L << 40), 1L << 40);
            run.Fail(node.Column, $"the bounds of a slice are ints, not {value.KindName}");
            return null;
        }
    }

    /// <summary><c>[e for x in row if c]</c>; <c>x</c> may be several names.</summary>
    public sealed record Comprehension : ExpressionNode
    {
        private readonly ExpressionNode _item, _source;
        private readonly ExpressionNode? _condition;
        private readonly int _first, _count;

        public Comprehension(int column, ExpressionNode item, ExpressionNode source, ExpressionNode? condition, int first, int count) : base(column) =>
            (_item, _source, _condition, _first, _count, Depth) = (item, source, condition, first, count, Math.Max(Math.Max(item.Depth, source.Depth), condition?.Depth ?? 0) + 1);

        public override Value? Evaluate(Evaluation run)
        {
            if (_source.Evaluate(run) is not { } source || ExpressionFunctions.Items(source, run, Column) is not { } rows) return null;
            var made = ImmutableArray.CreateBuilder<Value>();
            foreach (var row in rows)
            {
                if (!Bind(row, run)) return null;
                var isWanted = _condition is null ? Value.Bool.True : _condition.Evaluate(run);
                var item = isWanted is { IsTrue: true } ? _item.Evaluate(run) : null;
                run.Locals.RemoveRange(_first, _count);
                if (run.Mistake is not null) return null;
                if (item is not null) made.Add(item);
            }
            return new Value.Row(RowKind.List, made.DrainToImmutable());
        }

        private bool Bind(Value row, Evaluation run)
        {
            if (!run.Spend(Column, 1)) return false;
            if (_count == 1) { run.Locals.Add(row); return true; }
            if (row is Value.Row { Items: var items } && items.Length == _count) { run.Locals.AddRange(items); return true; }
            run.Fail(Column, $"each item must hold {_count} values here");
            return false;
        }
    }
}
