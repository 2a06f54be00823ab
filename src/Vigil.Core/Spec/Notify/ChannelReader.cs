using System.Collections.Immutable;
using Vigil.Configuration;

namespace Vigil.Spec;

/// <summary>Reads <c>monitoring.notify</c>: channels by name.</summary>
/// <param name="texts">Turns a text into the template that is kept.</param>
/// <param name="environment">As it is now, to say early what the monitor will miss.</param>
internal sealed class ChannelReader(ChannelTexts texts, Func<string, string?> environment, DiagnosticBag report)
{
    private const string Example = "notify: {ops: {type: slack, url: \"${oc.env:SLACK_WEBHOOK_URL}\"}}";

    /// <summary>The names that actions may use, whatever is wrong with the channels.</summary>
    public static ImmutableArray<string> Names(ConfigNode.Mapping monitoring) => monitoring["notify"] is ConfigNode.Mapping notify ? [.. notify.Entries.Select(static e => e.Key)] : [];

    public IEnumerable<(NotifyChannel Channel, SourceSpan At)> ReadAll(ConfigNode node)
    {
        if (node is not ConfigNode.Mapping notify)
        {
            report.Error("RUL090", node.At, $"'monitoring.notify' must be a mapping of channels, not {Binder.Describe(node)}", $"such as: {Example}");
            yield break;
        }
        foreach (var entry in notify.Entries)
        {
            if (ScalarValue.IsNull(entry.Value)) continue;   // a channel that an override took away
            if (entry.Value is not ConfigNode.Mapping map) report.Error("RUL090", entry.Value.At, $"the channel '{entry.Key}' must be a mapping, not {Binder.Describe(entry.Value)}", $"such as: {Example}");
            else if (Read(entry.Key, new(map, $"the channel '{entry.Key}'", report)) is { } channel) yield return (channel, entry.KeyAt);
        }
    }

    private NotifyChannel? Read(string name, RuleKeys keys)
    {
        if (keys.Node("type") is null)
        {
            report.Error("RUL004", keys.At, $"the channel '{name}' needs the key 'type'", "webhook, slack, smtp or command");
            return null;
        }
        var target = keys.Word("type", "webhook", "slack", "smtp", "command") switch
        {
            "webhook" when Url(name, keys) is { } url => new ChannelTarget.Webhook(url, Headers(name, keys)),
            "slack" when Url(name, keys) is { } url => new ChannelTarget.Slack(url, Headers(name, keys)),
            "smtp" => Mail(name, keys),
            "command" => Command(name, keys),
            _ => (ChannelTarget?)null,
        };
        if (target is null) return null;
        var quiet = Quiet(keys);
        var standard = new NotifyChannel(name, target);
        var channel = standard with
        {
            Quiet = quiet,
            Group = keys.Span("group_seconds") ?? standard.Group,
            Every = keys.Span("every") ?? standard.Every,
            PerHour = keys.Whole("per_hour", standard.PerHour, least: 1),
            Timeout = keys.Span("timeout") ?? standard.Timeout,
        };
        if (channel.Timeout <= TimeSpan.Zero || channel.Timeout > TimeSpan.FromMinutes(5)) keys.Refuse("timeout", keys.Node("timeout")!, "more than nothing and at most 5m");
        if (channel.Group > TimeSpan.FromDays(1)) keys.Refuse("group_seconds", keys.Node("group_seconds")!, "at most a day");
        keys.Finish();
        return channel;
    }

    private static QuietHours? Quiet(RuleKeys keys)
    {
        if (keys.Scalar("quiet_hours") is not { } scalar) return null;
        if (QuietHours.Parse(scalar.Text) is { } quiet) return quiet;
        keys.Refuse("quiet_hours", scalar, QuietHours.Form);
        return null;
    }

    private string? Url(string name, RuleKeys keys)
    {
        if (keys.Needed("url") is not { Length: > 0 } text) return null;
        var scalar = keys.Scalar("url")!;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri is not { Scheme: "http" or "https", Host.Length: > 0 })
        {
            report.Error("RUL093", scalar.At, $"the 'url' of the channel '{name}' is no http or https address", "such as: https://hooks.example.org/vigil");
            return null;
        }
        return IsRefused(name, uri.Host, scalar) ? null : texts.Keep(scalar, name, "url");
    }

    private bool IsRefused(string name, string host, ConfigNode.Scalar scalar)
    {
        if (!TargetHost.IsForbidden(host)) return false;
        report.Error("RUL094", scalar.At, $"the channel '{name}' would send to {host}, and link-local and metadata addresses are never sent to", "what serves a machine's credentials listens there; give the receiver an address of its own");
        return true;
    }

    private ImmutableSortedDictionary<string, string> Headers(string name, RuleKeys keys)
    {
        var headers = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in keys.Entries("headers"))
        {
            if (!key.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') || key.Length == 0 || value.Text.Any(char.IsControl))
                report.Error("RUL093", value.At, $"'{TextRules.Shorten(key, 60)}' of the channel '{name}' is no header: a name of letters, digits and '-', and one line");
            var kept = texts.Keep(value, name, "headers", key);
            headers[key] = kept;
            if (IsSecretHeader(key) && !kept.Contains("${", StringComparison.Ordinal))
                report.Warning("RUL096", value.At, $"the header '{key}' of the channel '{name}' holds a secret in the open, and every copy of this configuration and the journal would hold it", "keep it in an environment variable: ${oc.env:NAME}");
        }
        return headers.ToImmutable();
    }

    private static bool IsSecretHeader(string key) => key.EndsWith("Authorization", StringComparison.OrdinalIgnoreCase) || Secrets.IsSecretName(key);

    private ChannelTarget.Smtp? Mail(string name, RuleKeys keys)
    {
        var tls = keys.Word("tls", "starttls", "implicit", "none") switch { "implicit" => SmtpTls.Implicit, "none" => SmtpTls.None, _ => SmtpTls.Starttls };
        var port = keys.Whole("port", tls switch { SmtpTls.Implicit => 465, SmtpTls.None => 25, _ => 587 }, least: 1);
        if (port > ushort.MaxValue) keys.Refuse("port", keys.Node("port")!, "a port, at most 65535");
        var host = keys.Needed("host");
        if (host.Length > 0 && Uri.CheckHostName(host) is UriHostNameType.Unknown) report.Error("RUL093", keys.Scalar("host")!.At, $"the 'host' of the channel '{name}' is no host's name or address");
        var from = keys.Needed("from");
        var to = keys.List("to");
        if (to.IsEmpty) report.Error("RUL004", keys.At, $"the channel '{name}' needs the key 'to': one address or more");
        foreach (var address in to.Concat(from.Length > 0 ? [keys.Scalar("from")!] : []))
            if (!ChannelText.IsMailAddress(address.Text)) report.Error("RUL093", address.At, $"'{TextRules.Shorten(address.Text, 60)}' of the channel '{name}' is no mail address", "name@host, without a display name");
        var (user, password) = Login(name, tls, keys);
        if (host.Length == 0 || from.Length == 0 || to.IsEmpty || IsRefused(name, host, keys.Scalar("host")!)) return null;
        return new(texts.Keep(keys.Scalar("host")!, name, "host"), port, texts.Keep(keys.Scalar("from")!, name, "from"), [.. to.Select((t, i) => texts.Keep(t, i, name, "to"))], tls, user, password);
    }

    private (string? User, string? PasswordEnv) Login(string name, SmtpTls tls, RuleKeys keys)
    {
        if (keys.Node("password") is { } open)
            report.Error("RUL096", open.At, $"the channel '{name}' would hold its password in the open", "name the environment variable that holds it: password_env: SMTP_PASSWORD");
        var user = keys.Scalar("user");
        var variable = keys.Scalar("password_env");
        if (user is null != variable is null)
            report.Error("RUL004", keys.At, $"the channel '{name}' needs both 'user' and 'password_env' to log in, or neither");
        if (user is null || variable is null) return (null, null);
        if (tls is SmtpTls.None) report.Error("RUL096", variable.At, $"the channel '{name}' would send its password in the clear", "tls: starttls, or tls: implicit");
        if (variable.Text.Length == 0 || !variable.Text.All(static c => char.IsAsciiLetterOrDigit(c) || c == '_')) keys.Refuse("password_env", variable, "the name of an environment variable");
        else if (environment(variable.Text) is null or "")
            report.Warning("RUL097", variable.At, $"the variable {variable.Text} of the channel '{name}' is not set here, and the monitor will need it", $"export {variable.Text}=… before vigil run");
        return (texts.Keep(user, name, "user"), variable.Text);
    }

    private ChannelTarget.Command? Command(string name, RuleKeys keys)
    {
        var words = keys.List("command");
        if (words.IsEmpty) report.Error("RUL004", keys.At, $"the channel '{name}' needs the key 'command': a program and its arguments");
        else if (words is [{ Text: var line } only] && line.Contains(' ', StringComparison.Ordinal))
            report.Error("RUL007", only.At, $"the command of the channel '{name}' is a list of words, and no shell reads it", "such as: [/usr/local/bin/page, --team, ml]");
        return words.IsEmpty ? null : new([.. words.Select((word, i) => texts.Keep(word, i, name, "command"))]);
    }
}
