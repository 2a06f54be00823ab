namespace Vigil.Configuration;

/// <summary>
/// Cuts a text into YAML 1.1 tokens as PyYAML does, whose refusals count here too. Total: after a mistake there is only the end.
/// What may be a key is known only at its colon, so tokens wait until no key can begin before them: at most one line and 1024 characters.
/// </summary>
internal sealed partial class YamlScanner(string text)
{
    private const int MaxSimpleKey = 1024;

    private readonly Queue _tokens = new();
    private readonly Stack<int> _indents = new();
    private readonly List<PossibleKey?> _keys = [null];
    private YamlMark _at;
    private int _indent = -1;
    private int _flow;
    private bool _mayBeKey = true;
    private bool _ended;

    /// <summary>Null until something is wrong.</summary>
    public string? Mistake { get; private set; }

    public YamlMark MistakeAt { get; private set; }

    /// <summary>A token that turns out to be a key when a colon follows.</summary>
    private sealed record PossibleKey(int Number, bool IsRequired, YamlMark At);

    public YamlToken Peek()
    {
        while (!_ended && NeedsMore()) Fetch();
        return Mistake is not null || _tokens.Count == 0 ? new(YamlTokenKind.End, _at) : _tokens.First;
    }

    public YamlToken Take()
    {
        var token = Peek();
        if (_tokens.Count > 0) _tokens.RemoveFirst();
        return token;
    }

    private bool NeedsMore()
    {
        if (_tokens.Count == 0) return true;
        DropStaleKeys();
        foreach (var key in _keys)
            if (key is { } possible && possible.Number == _tokens.Taken) return true;
        return false;
    }

    private void Fetch()
    {
        SkipToToken();
        DropStaleKeys();
        Unwind(_at.Column);
        if (_ended) return;
        var c = Current;
        if (AtEnd) FetchEnd();
        else if (c == '%' && _at.Column == 0) FetchDirective();
        else if (_at.Column == 0 && IsSeparator('-')) FetchDocument(YamlTokenKind.DocumentStart);
        else if (_at.Column == 0 && IsSeparator('.')) FetchDocument(YamlTokenKind.DocumentEnd);
        else if (!FetchSign(c)) FetchScalar(c);
    }

    /// <summary>Fetches a token that is one sign; false when there is none.</summary>
    private bool FetchSign(char c)
    {
        switch (c)
        {
            case '[': FetchFlowStart(YamlTokenKind.FlowSequence); return true;
            case '{': FetchFlowStart(YamlTokenKind.FlowMapping); return true;
            case ']': FetchFlowEnd(YamlTokenKind.FlowSequenceEnd); return true;
            case '}': FetchFlowEnd(YamlTokenKind.FlowMappingEnd); return true;
            case ',': FetchFlowEntry(); return true;
            case '-' when IsBlank(1): FetchBlockEntry(); return true;
            // PyYAML takes every '?' in brackets for a key's sign; libyaml, which newer OmegaConf reads with, does not.
            case '?' when IsBlank(1): FetchKey(); return true;
            case ':' when _flow > 0 || IsBlank(1): FetchValue(); return true;
            default: return false;
        }
    }

    private void FetchScalar(char c)
    {
        if (c is '*' or '&') FetchNode(ScanName(c == '*' ? YamlTokenKind.Alias : YamlTokenKind.Anchor));
        else if (c == '!') FetchNode(ScanTag());
        else if (c is '|' or '>' && _flow == 0)
        {
            _mayBeKey = true;
            DropKey();
            _tokens.Add(ScanBlock(c == '>' ? Folding.Folded : Folding.Literal));
        }
        else if (c is '\'' or '"') FetchNode(ScanQuoted(c));
        else if (!"-?:,[]{}#&*!|>'\"%@` \t".Contains(c, StringComparison.Ordinal) || !IsBlank(1) && (c == '-' || c == '?' || c == ':' && _flow == 0)) FetchPlain();
        else Fail(c == '\t' ? "a tab cannot stand here: YAML indents and separates with blanks" : $"a value cannot begin with '{c}': put it in quotes");
    }

    private delegate YamlToken Scan();

    private void FetchNode(Scan scan)
    {
        SaveKey();
        _mayBeKey = false;
        _tokens.Add(scan());
    }

    private void FetchPlain()
    {
        SaveKey();
        _mayBeKey = false;
        _tokens.Add(ScanPlain());
    }

    private void FetchEnd()
    {
        Unwind(-1);
        DropKey();
        _tokens.Add(new(YamlTokenKind.End, _at));
        _ended = true;
    }

    private void FetchDirective()
    {
        Unwind(-1);
        DropKey();
        _mayBeKey = false;
        var (start, from) = (_at, _at.Index);
        while (!AtEnd && !IsBreak(Current)) Forward();
        _tokens.Add(new(YamlTokenKind.Directive, start, text[from.._at.Index]));
    }

    private void FetchDocument(YamlTokenKind kind)
    {
        Unwind(-1);
        DropKey();
        _mayBeKey = false;
        _tokens.Add(new(kind, _at));
        Forward(3);
    }

    private void FetchFlowStart(YamlTokenKind kind)
    {
        SaveKey();
        _flow++;
        _keys.Add(null);
        _mayBeKey = true;
        AddSign(kind);
    }

    private void FetchFlowEnd(YamlTokenKind kind)
    {
        DropKey();
        if (_flow > 0)
        {
            _flow--;
            _keys.RemoveAt(_keys.Count - 1);
        }
        _mayBeKey = false;
        AddSign(kind);
    }

    private void FetchFlowEntry()
    {
        _mayBeKey = true;
        DropKey();
        AddSign(YamlTokenKind.FlowEntry);
    }

    private void FetchBlockEntry()
    {
        if (_flow == 0)
        {
            if (!_mayBeKey) { Fail("an element of a list cannot begin here: it needs a line of its own"); return; }
            Indent(_at.Column, YamlTokenKind.BlockSequence);
        }
        _mayBeKey = true;
        DropKey();
        AddSign(YamlTokenKind.BlockEntry);
    }

    private void FetchKey()
    {
        if (_flow == 0)
        {
            if (!_mayBeKey) { Fail("a key cannot begin here"); return; }
            Indent(_at.Column, YamlTokenKind.BlockMapping);
        }
        _mayBeKey = _flow == 0;
        DropKey();
        AddSign(YamlTokenKind.Key);
    }

    private void FetchValue()
    {
        if (_keys[^1] is { } key)
        {
            _keys[^1] = null;
            _tokens.Insert(key.Number, new(YamlTokenKind.Key, key.At));
            if (_flow == 0 && Deeper(key.At.Column)) _tokens.Insert(key.Number, new(YamlTokenKind.BlockMapping, key.At));
            _mayBeKey = false;
        }
        else
        {
            if (_flow == 0 && !_mayBeKey) { Fail("a second ': ' in one line makes no value", "put the text in quotes"); return; }
            if (_flow == 0) Indent(_at.Column, YamlTokenKind.BlockMapping);
            _mayBeKey = _flow == 0;
        }
        AddSign(YamlTokenKind.Value);
    }

    private void AddSign(YamlTokenKind kind)
    {
        _tokens.Add(new(kind, _at));
        Forward();
    }

    private void SaveKey()
    {
        if (!_mayBeKey) return;
        DropKey();
        _keys[^1] = new PossibleKey(_tokens.Taken + _tokens.Count, _flow == 0 && _indent == _at.Column, _at);
    }

    private void DropKey()
    {
        if (_keys[^1] is { IsRequired: true } key) Fail("':' is missing after this key", at: key.At);
        _keys[^1] = null;
    }

    /// <summary>A key ends in the line where it begins.</summary>
    private void DropStaleKeys()
    {
        for (var i = 0; i < _keys.Count; i++)
        {
            if (_keys[i] is not { } key || key.At.Line == _at.Line && _at.Index - key.At.Index <= MaxSimpleKey) continue;
            if (key.IsRequired) Fail("':' is missing after this key", at: key.At);
            _keys[i] = null;
        }
    }

    private void Unwind(int column)
    {
        while (_flow == 0 && _indent > column)
        {
            _indent = _indents.Pop();
            _tokens.Add(new(YamlTokenKind.BlockEnd, _at));
        }
    }

    private void Indent(int column, YamlTokenKind kind)
    {
        if (Deeper(column)) _tokens.Add(new(kind, _at));
    }

    private bool Deeper(int column)
    {
        if (_indent >= column) return false;
        _indents.Push(_indent);
        _indent = column;
        return true;
    }

    private void Fail(string mistake, string? hint = null, YamlMark? at = null)
    {
        _ended = true;
        if (Mistake is not null) return;
        (Mistake, MistakeAt) = (hint is null ? mistake : $"{mistake}: {hint}", at ?? _at);
    }

    /// <summary>Tokens in order, each known by how many came before it.</summary>
    private sealed class Queue
    {
        private readonly List<YamlToken> _list = [];
        private int _first;

        public int Taken { get; private set; }
        public int Count => _list.Count - _first;
        public YamlToken First => _list[_first];

        public void Add(YamlToken token) => _list.Add(token);
        public void Insert(int number, YamlToken token) => _list.Insert(_first + number - Taken, token);

        public void RemoveFirst()
        {
            Taken++;
            if (++_first < 256 && _first < _list.Count) return;
            _list.RemoveRange(0, _first);
            _first = 0;
        }
    }
}
