using System.Text;

namespace Vigil.Logs;

/// <summary>What one line of a known form means.</summary>
public sealed partial class RunProgress
{
    /// <summary>A bar tells whole seconds: shorter intervals say too little.</summary>
    private const double BarSeconds = 5;

    private bool TryRead(in PackEntry entry, LogLine line, int at, out LogFinding? finding)
    {
        finding = null;
        var form = entry.Line;
        var bytes = Plain(line.Bytes, ref at);
        Span<double> values = stackalloc double[TextTemplate.MaxSlots];
        if (form.Form is BuiltInForm.MegatronCheckpoint) return TryCheckpoint(bytes, line.Offset, out finding);
        if (form.Form is BuiltInForm.Step) return TryStep(entry, bytes, line.Offset);
        if (form.Bar is { } rule) return TryBar(entry, rule, bytes, line.Offset, values);
        if (!TryFacts(form, bytes, at, values, out var facts, out var fields)) return false;
        Take(entry, ref facts, line);
        SetMetrics(form, form.Slots.AsSpan(), values, facts);
        SetFields(form, bytes[fields..], facts);
        return true;
    }

    /// <summary>What a line that is no bar says of where the training stands.</summary>
    /// <param name="fields">Where its named numbers begin.</param>
    private static bool TryFacts(PackLine form, ReadOnlySpan<byte> line, int at, Span<double> values, out LineFacts facts, out int fields)
    {
        facts = new LineFacts();
        fields = form.Pattern is null ? at : 0;
        if (form.Text is { } text)
        {
            var begin = form.BeginsWithHold ? at : 0;
            if (!text.TryMatch(line[begin..], values, out var end)) return false;
            fields = begin + end;
        }
        else if (form.Pattern is { } pattern)
        {
            if (!TryPattern(pattern, line, values)) return false;
        }
        else if (form.Fields is FieldForm.Dict) SetDictFacts(ref facts, line[at..]);
        SetFacts(ref facts, form.Slots.AsSpan(), values);
        return true;
    }

    private bool TryCheckpoint(ReadOnlySpan<byte> line, long offset, out LogFinding? finding)
    {
        finding = null;
        if (!CheckpointLine.TryParse(line, out var parsed)) return false;
        finding = Checkpoint = new LogFinding.Checkpoint(parsed.Step, Encoding.UTF8.GetString(parsed.Path), offset);
        return true;
    }

    private bool TryBar(in PackEntry entry, BarRule rule, ReadOnlySpan<byte> line, long offset, Span<double> values)
    {
        if (!TryBar(rule, line, values, out var bar)) return false;
        if (entry.Line.Phase is { } phase)
        {
            Begin(phase);
            return true;
        }
        // A bar of another length than the run is an evaluation's.
        if (rule.IsBare is BarLabel.Bare && _pack == entry.Pack && Total is { } known && known != bar.Total)
        {
            Begin(TrainingPhase.Validation);
            return true;
        }
        var slots = rule.Label is { } label ? label.Slots.AsSpan() : [];
        var facts = new LineFacts();
        if (rule.Counting is BarCounting.Epoch) facts.PerEpoch = bar.Total;
        else (facts.Step, facts.Total) = (bar.Count, bar.Total);
        SetFacts(ref facts, slots, values);
        if (bar.Elapsed >= 0)
        {
            _isTimed = true;
            _pace.At(bar.Count, bar.Elapsed, BarSeconds);
            _pace.Fallback = bar.SecondsPerStep;
        }
        Take(entry, ref facts, new LogLine(line, offset, 0));
        SetMetrics(entry.Line, slots, values, facts);
        SetFields(entry.Line, bar.Postfix, facts);
        return true;
    }

    /// <summary>Whether the line is such a bar. Whatever bar it is, that it goes on counts.</summary>
    private bool TryBar(BarRule rule, ReadOnlySpan<byte> line, Span<double> values, out BarLine bar)
    {
        bar = default;
        var mark = line.IndexOf(BarLine.Mark);
        if (mark < 0 || !BarLine.TryParse(line, mark, out bar)) return false;
        if (_bars.GoesOn(bar)) Motion++;
        if (rule.IsBare is BarLabel.Bare && !bar.Label.IsEmpty) return false;
        foreach (var word in rule.Not)
            if (bar.Label.IndexOf(word) >= 0) return false;
        return rule.Label is null || rule.Label.TryMatch(bar.Label, values, out _);
    }

    private bool TryStep(in PackEntry entry, ReadOnlySpan<byte> line, long offset)
    {
        if (!StepLine.TryParse(line, out var parsed)) return false;
        var facts = new LineFacts { Step = parsed.Step, Total = parsed.Total ?? double.NaN };
        Take(entry, ref facts, new LogLine(line, offset, 0));
        foreach (var field in parsed.Fields)
            if (_metrics.Knows(field.Name) || _newNames.IsEnough(field, parsed.Step, offset, out _)) _metrics.Set([], field, parsed.Step);
        return true;
    }

    /// <summary>Where the training stands after this line, and since when.</summary>
    private void Take(in PackEntry entry, ref LineFacts facts, LogLine line)
    {
        if (entry.Line.Phase is { } phase) Begin(phase);
        if (entry.Line.End is LineEnd.TrainingEnds) HasEnded = true;
        var before = Step;
        TakeTotal(entry.Pack, facts);
        if (!_count.Take(facts, entry.Pack.Counting)) return;
        Offset = line.Offset;
        if (Step != before)
        {
            if (_heardPause != line.Offset) Phase = TrainingPhase.Steps;   // "saving checkpoint at iteration 10" names the step, and is no step
            HasEnded = false;
            Motion++;
            _rivals.Forget();
        }
        if (entry.Line.Bar is null && entry.Line.Duration.Length == 0 && Step is { } step && LogStamp.TryRead(line.Bytes, out var stamp))
        {
            _isTimed = true;
            _pace.At(step, stamp, 0);
        }
    }

    private void Begin(TrainingPhase phase)
    {
        Phase = phase;
        _pace.Pause();
    }

    private static void SetFacts(ref LineFacts facts, ReadOnlySpan<LineSlot> slots, ReadOnlySpan<double> values)
    {
        for (var i = 0; i < slots.Length; i++) facts.Set(slots[i].Kind, values[i]);
    }

    /// <summary>JSON lines and some loggers name the step beside the metrics.</summary>
    private static void SetDictFacts(ref LineFacts facts, ReadOnlySpan<byte> dict)
    {
        foreach (var field in new DictFields(dict))
        {
            if (field.Name.SequenceEqual("epoch"u8)) facts.Epoch = field.Value;
            else if (StepLine.IsStep(field.Name)) facts.Step = field.Value;
        }
    }

    private void SetMetrics(PackLine form, ReadOnlySpan<LineSlot> slots, ReadOnlySpan<double> values, in LineFacts facts)
    {
        for (var i = 0; i < slots.Length; i++)
            if (slots[i].Kind is SlotKind.Metric) Set(form, new MetricField(slots[i].Name, values[i]), StepOf(facts));
    }

    private void SetFields(PackLine form, ReadOnlySpan<byte> text, in LineFacts facts)
    {
        if (form.Fields is FieldForm.None) return;
        var step = StepOf(facts);
        switch (form.Fields)
        {
            case FieldForm.Piped:
                SetPiped(form, text, step);
                break;
            case FieldForm.Dict:
                foreach (var field in new DictFields(text))
                    if (!field.Name.SequenceEqual("epoch"u8) && !StepLine.IsStep(field.Name)) Set(form, field, step);
                break;
            case FieldForm.Pairs:
                foreach (var field in new PairFields(text)) Set(form, field, step);
                break;
            case FieldForm.Postfix:
                foreach (var field in new PostfixFields(text)) Set(form, field, step);
                break;
            case FieldForm.Unknown:
                foreach (var field in new KeyedFields(text)) Set(form, field, step);
                break;
            default: throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>The step that a line's metrics belong to: its own, else the newest; before any, how many such lines there were.</summary>
    private long StepOf(in LineFacts facts) => LineFacts.IsCount(facts.At) ? (long)facts.At : Step ?? _stepless++;

    private void Set(PackLine form, MetricField field, long step)
    {
        foreach (var name in form.Skip)
            if (field.Name.SequenceEqual(name)) return;
        var place = _metrics.Set(form.Prefix, field, step);
        if (form.Duration.Length == 0 || !field.Name.SequenceEqual(form.Duration)) return;
        (_isTimed, _durationPlace) = (true, place);
        _pace.Timed(field.Value / form.DurationsPerSecond);
    }

    /// <summary>The form of most bytes in the world's training logs: the usual case is read in one pass.</summary>
    private void SetPiped(PackLine form, ReadOnlySpan<byte> text, long step)
    {
        var isPlain = form.Prefix.Length == 0 && form.Skip.IsEmpty;
        while (!text.IsEmpty)
        {
            if (isPlain && _metrics.TrySetNext(ref text, step, out var place))
            {
                if (place == _durationPlace) _pace.Timed(_metrics.ValueOf(place) / form.DurationsPerSecond);
                continue;
            }
            var fields = new PipedFields(text);
            if (!fields.MoveNext()) return;
            Set(form, fields.Current, step);
            text = fields.Rest;
        }
    }

    private static bool TryPattern(PackPattern pattern, ReadOnlySpan<byte> line, Span<double> values)
    {
        var match = pattern.Regex.Match(Encoding.UTF8.GetString(line));
        if (!match.Success) return false;
        for (var i = 0; i < pattern.Slots.Length && i < values.Length; i++)
        {
            var group = match.Groups[Encoding.UTF8.GetString(pattern.Slots[i].Name)];
            values[i] = group.Success && ByteScan.TryGroupedNumber(Encoding.UTF8.GetBytes(group.Value), out var number) ? number : double.NaN;
        }
        return true;
    }

    /// <param name="at">A place in the line; its beginning when the line had to be written anew.</param>
    private ReadOnlySpan<byte> Plain(ReadOnlySpan<byte> line, ref int at)
    {
        if (line.IndexOf((byte)0x1B) < 0) return line;
        at = 0;
        return WithoutColours(line);
    }

    /// <summary>The line without the colours that a terminal would show.</summary>
    private ReadOnlySpan<byte> WithoutColours(ReadOnlySpan<byte> line)
    {
        if (_plain.Length < line.Length) _plain = new byte[Math.Max(1024, line.Length)];
        var length = 0;
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] != 0x1B)
            {
                _plain[length++] = line[i];
                continue;
            }
            if (i + 1 < line.Length && line[i + 1] == '[')
                for (i += 2; i < line.Length && line[i] is < 0x40 or > 0x7E; i++) { }
        }
        return _plain.AsSpan(0, length);
    }
}
