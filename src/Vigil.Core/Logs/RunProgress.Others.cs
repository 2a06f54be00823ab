namespace Vigil.Logs;

/// <summary>What lines say that are not the trainer's own.</summary>
public sealed partial class RunProgress
{
    /// <summary>
    /// Listens to a line that another pack knows. A pause that it tells of is one, whoever's words it is told in; steps that go on without the
    /// trainer's own show in the end that the trainer was taken for another.
    /// </summary>
    /// <returns>Whether the log is that pack's from now on.</returns>
    private bool TakesOver(in PackEntry entry, LogLine line, int at)
    {
        var form = entry.Line;
        if (form.Phase is null && form.Bar is null && (form.Sign is LineSign.Weak || _settled is null)) return false;
        var bytes = Plain(line.Bytes, ref at);
        Span<double> values = stackalloc double[TextTemplate.MaxSlots];
        var facts = new LineFacts();
        if (form.Bar is { } rule)
        {
            if (!TryBar(rule, bytes, values, out _)) return false;
        }
        else if (form.Form is BuiltInForm.Step)
        {
            if (StepLine.TryParse(bytes, out var parsed)) facts.Step = parsed.Step;
        }
        else if (form.Form is BuiltInForm.MegatronCheckpoint || !TryFacts(form, bytes, at, values, out facts, out _)) return false;
        if (form.Phase is { } phase)
        {
            Begin(phase);
            _heardPause = line.Offset;
        }
        else if (LineFacts.IsCount(facts.Step) && _rivals.GoOn(entry.Pack, (long)facts.Step, line.Offset))
        {
            Motion++;
            if (!_rivals.AreSure(Step)) return false;
            (_pack, _counting, _totalling, _settled, _count) = (null, null, null, null, new StepCount());
            return true;
        }
        return false;
    }

    /// <summary>A total of steps that others counted, such as the length of some bar, is none of the steps that count now.</summary>
    private void TakeTotal(ProgressPack pack, in LineFacts facts)
    {
        if (pack == _totalling) return;
        if (LineFacts.IsCount(facts.Total)) _totalling = pack;
        else if (LineFacts.IsCount(facts.Step) && _totalling?.Kind <= pack.Kind)
        {
            _totalling = null;
            _count.ForgetTotal();
        }
    }
}
