using System.Text.RegularExpressions;

namespace Vigil.Spec;

/// <summary>Knows secrets by the names they go by and by the shapes they have.</summary>
public static partial class Secrets
{
    /// <summary>No shape is shorter: most values of a configuration are passed over at once.</summary>
    private const int ShortestShape = 15;

    /// <summary>What stands in a masked secret's place.</summary>
    public const string Masked = "***";

    private static readonly HashSet<string> Words =
    [
        "KEY", "KEYS", "TOKEN", "SECRET", "SECRETS", "PASSWORD", "PASSWORDS", "PASSWD", "PASS", "PASSPHRASE", "CREDENTIAL", "CREDENTIALS", "CREDS", "AUTH", "COOKIE", "COOKIES", "PAT", "BEARER", "JWT", "WEBHOOK", "WEBHOOKS",
    ];

    /// <summary>Written together with another word: <c>APIKEY</c>, <c>HFTOKEN</c>, <c>DBPASSWORD</c>.</summary>
    private static readonly string[] Endings = ["APIKEY", "ACCESSKEY", "SECRETKEY", "PRIVATEKEY", "TOKEN", "SECRET", "PASSWORD", "PASSWD", "PASSPHRASE", "CREDENTIAL", "CREDENTIALS"];

    /// <summary>Whether a variable or key of this name holds a secret: <c>WANDB_API_KEY</c> and <c>hf.accessToken</c> do, <c>TOKENIZER</c>, <c>MONKEY</c> and <c>PATH</c> do not.</summary>
    public static bool IsSecretName(string name)
    {
        foreach (var word in WordForm.EnumerateMatches(name))
        {
            var upper = name.Substring(word.Index, word.Length).ToUpperInvariant();
            if (Words.Contains(upper) || Endings.Any(e => upper.EndsWith(e, StringComparison.Ordinal))) return true;
        }
        return false;
    }

    /// <summary>Whether a value is a secret whatever its name, or holds one.</summary>
    public static bool LooksSecret(string value) =>
        (value.Length >= ShortestShape && Shape.IsMatch(value)) || (value.Contains("://", StringComparison.Ordinal) && UserInUrl.IsMatch(value));

    /// <summary>Whether a value written under a key is a secret that should not stand there: by its shape, or a long random word under a secret's name.</summary>
    public static bool IsLiteralSecret(string key, string value) =>
        LooksSecret(value) || IsWandbKey(key, value) || (value.Length >= 16 && IsSecretName(key) && RandomWord.IsMatch(value) && value.Any(char.IsAsciiDigit) && value.Any(char.IsAsciiLetter));

    /// <summary>The value as it may be shown: masked whole under a secret's name, else only the secrets in it.</summary>
    public static string Mask(string name, string value) =>
        value.Length == 0 ? value : IsSecretName(name) || IsWandbKey(name, value) ? Masked : MaskText(value);

    /// <summary>A text as it may be shown: secrets by shape, and what is assigned to a secret's name.</summary>
    public static string MaskText(string text)
    {
        text = Shape.Replace(text, Masked);
        text = UserInUrl.Replace(text, $"${{scheme}}{Masked}@");
        text = Option.Replace(text, static m => IsSecretName(m.Groups["name"].Value) ? $"{m.Groups["before"].Value}{Masked}" : m.Value);
        return Assignment.Replace(text, static m =>
            IsSecretName(m.Groups["name"].Value) || IsWandbKey(m.Groups["name"].Value, m.Groups["value"].Value) ? $"{m.Groups["name"].Value}{m.Groups["sign"].Value}{Masked}"
            : m.Groups["value"].Value is var value && value.Contains('=', StringComparison.Ordinal) ? $"{m.Groups["name"].Value}{m.Groups["sign"].Value}{MaskText(value)}" : m.Value);
    }

    /// <summary>The words of a command line as they may be shown: <c>--token X</c> and <c>api_key=X</c> are masked whatever X is.</summary>
    public static IEnumerable<string> MaskWords(IEnumerable<string> words)
    {
        var hidesNext = false;
        foreach (var word in words)
        {
            var equals = word.IndexOf('=', StringComparison.Ordinal);
            if (hidesNext && !word.StartsWith('-')) yield return Masked;
            else yield return equals > 0 && IsSecretName(word[..equals]) && equals + 1 < word.Length ? $"{word[..equals]}={Masked}" : MaskText(word);
            hidesNext = equals < 0 && word.StartsWith("--", StringComparison.Ordinal) && IsSecretName(word);
        }
    }

    private static bool IsWandbKey(string name, string value) => value.Length == 40 && name.Contains("wandb", StringComparison.OrdinalIgnoreCase) && WandbKey.IsMatch(value);

    // API_KEY, api-key, hf.token, accessToken, APIKey: words as people part them.
    [GeneratedRegex(@"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", RegexOptions.CultureInvariant)]
    private static partial Regex WordForm { get; }

    [GeneratedRegex(@"^[0-9a-f]{40}\z", RegexOptions.CultureInvariant)]
    private static partial Regex WandbKey { get; }

    [GeneratedRegex(@"^[A-Za-z0-9_+/=.-]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex RandomWord { get; }

    // Hugging Face, OpenAI and Anthropic, GitHub, GitLab, npm, wandb, AWS, Google, Slack, JWT, PEM; the paths of Slack's, Discord's and Microsoft's webhooks.
    [GeneratedRegex(@"hooks\.slack\.com/(?:services|workflows|triggers)/[A-Za-z0-9_/-]{8,}|discord(?:app)?\.com/api/webhooks/[A-Za-z0-9_/-]{8,}|\.webhook\.office\.com/[A-Za-z0-9_@/-]{8,}|\bhf_[A-Za-z0-9]{16,}|\bsk-[A-Za-z0-9_-]{16,}|\bgh[pousr]_[A-Za-z0-9]{16,}|\bgithub_pat_[A-Za-z0-9_]{16,}|\bglpat-[A-Za-z0-9_-]{16,}|\bnpm_[A-Za-z0-9]{30,}|\bwandb_v1_[A-Za-z0-9_]{16,}|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bAIza[0-9A-Za-z_-]{35}|\bxox[a-z]-[A-Za-z0-9-]{10,}|\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}|-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*(?:-----END [A-Z ]*PRIVATE KEY-----)?", RegexOptions.CultureInvariant)]
    private static partial Regex Shape { get; }

    [GeneratedRegex(@"(?<scheme>[A-Za-z][A-Za-z0-9+.-]{1,20}://)[^\s/:@]{0,200}:[^\s/@]{1,400}@", RegexOptions.CultureInvariant)]
    private static partial Regex UserInUrl { get; }

    [GeneratedRegex(@"(?<before>--(?<name>[A-Za-z][A-Za-z0-9_.-]{0,100})\s{1,8}[""']?)(?=[^\s""',;&]{0,100}[0-9])[A-Za-z0-9_+/=.!@#%^*-]{8,}", RegexOptions.CultureInvariant)]
    private static partial Regex Option { get; }

    // A random word of eight or more with a digit in it: 'text_key: content' is no secret.
    [GeneratedRegex(@"(?<name>[A-Za-z_][A-Za-z0-9_.-]{0,100})(?<sign>[""']?\s?[:=]\s?[""']?)(?<value>(?=[^\s""',;&]{0,100}[0-9])[A-Za-z0-9_+/=.!@#%^*-]{8,})", RegexOptions.CultureInvariant)]
    private static partial Regex Assignment { get; }
}
