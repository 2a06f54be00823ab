using System.Diagnostics;
using Vigil.Configuration;
using Vigil.Spec;

namespace Vigil.Monitoring;

/// <summary>Actions and conditions in words, for people who try their rules.</summary>
internal static class ActionText
{
    /// <summary>The action in the short spelling.</summary>
    public static string Word(RuleAction action) => action switch
    {
        RuleAction.Restart => "restart",
        RuleAction.Cancel => "cancel",
        RuleAction.Finish => "finish",
        RuleAction.StartRun => "start_run",
        RuleAction.RunCommand => "run",
        RuleAction.Log => "log",
        RuleAction.AppendToFile => "append",
        RuleAction.ExcludeNodes => "exclude_nodes",
        RuleAction.PublishEvent => "publish",
        RuleAction.Notify => "notify",
        _ => throw new UnreachableException(),
    };

    public static string Of(RuleAction action, EventTexts texts, string time) => action switch
    {
        RuleAction.Restart restart => $"restart the run{Because(texts, restart.Reason)}{(restart.Exclude is NodeBlame.Nodes ? ", on other nodes" : "")}{With(restart.Overrides, texts, time)}",
        RuleAction.Cancel cancel => $"cancel the run{Because(texts, cancel.Reason)}",
        RuleAction.Finish finish => $"finish the run{Because(texts, finish.Reason)}",
        RuleAction.StartRun start => $"start a run from {texts.Path(start.Config)}{With(start.Overrides, texts, time)}",
        RuleAction.RunCommand command => $"run {string.Join(' ', command.Words.Select(texts.Text))}",
        RuleAction.Log log => $"log {texts.Text(log.Message)}",
        RuleAction.AppendToFile append => $"append '{texts.Text(append.Content)}' to {texts.Path(append.Path)}",
        RuleAction.ExcludeNodes exclude => $"keep off {(exclude.Nodes.Length > 0 ? texts.Text(exclude.Nodes) : "the attempt's nodes")}{(exclude.For is { } span ? $" for {Duration.Text(span)}" : "")}",
        RuleAction.PublishEvent publish => $"publish {publish.Event}{string.Concat(publish.Fields.Select(f => $" {f.Key}={texts.Text(f.Value)}"))}",
        RuleAction.Notify notify => $"notify {(notify.To.Length > 0 ? notify.To : "everybody")}{(notify.Message.Length > 0 ? $": {texts.Text(notify.Message)}" : "")}",
        _ => throw new UnreachableException(),
    };

    public static string Of(Condition condition, EventTexts texts) => condition switch
    {
        Condition.Always => "always",
        Condition.MaxAttempts most => $"fewer than {most.Max} attempts",
        Condition.Cooldown cooldown => $"{Duration.Text(cooldown.For)} since it last acted",
        Condition.FileExists file => $"the file {texts.Path(file.Path)} exists",
        Condition.CheckpointWhole checkpoint => $"the checkpoint {texts.Path(checkpoint.Path)} is whole",
        Condition.GlobExists glob => $"{glob.MinMatches} files match {texts.Path(glob.Pattern)}",
        Condition.FileContent content => $"the file {texts.Path(content.Path)} holds '{content.Pattern.Text}'",
        Condition.Command command => $"the command {string.Join(' ', command.Words.Select(texts.Text))} ends with 0",
        Condition.ShellCommand shell => $"the shell line '{shell.Line}' says yes",
        Condition.Metadata metadata => $"{metadata.Key} is {string.Join(" or ", metadata.Within.Select(static v => v.Text))}",
        Condition.SlurmState state => $"{(state.Run.Length > 0 ? texts.Text(state.Run) : "the run")} is {state.State.Text}",
        Condition.LogTail tail => $"the last {tail.TailLines} lines of {texts.Path(tail.Path)} hold '{tail.Pattern.Text}'",
        Condition.Until until => $"within {Duration.Text(until.For)}",
        Condition.All all => $"all of ({string.Join("; ", all.Of.Select(c => Of(c, texts)))})",
        Condition.Any any => $"any of ({string.Join("; ", any.Of.Select(c => Of(c, texts)))})",
        Condition.Negated negated => $"not ({Of(negated.Of, texts)})",
        Condition.Patient patient => $"{Of(patient.Of, texts)}{(patient.Timeout is { } most ? $", within {Duration.Text(most)}" : "")}",
        _ => throw new UnreachableException(),
    };

    private static string Because(EventTexts texts, string reason) => reason.Length > 0 ? $" ({texts.Text(reason)})" : "";

    private static string With(IEnumerable<string> overrides, EventTexts texts, string time)
    {
        var filled = string.Join(' ', overrides.Select(o => ActionOverride.Fill(o, texts.Value, time, SourceSpan.None, new DiagnosticBag()) ?? o));
        return filled.Length > 0 ? $" with {filled}" : "";
    }
}
