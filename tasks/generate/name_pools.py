"""Romanised names for the cultures that Faker writes in another script."""

from typing import Final

# Per culture: first names, family names.
_ARABIC: Final = (
    """Ahmed Aisha Ali Amira Bilal Dalia Faisal Farah Fatima Hamad Hana Hassan Huda
    Ibrahim Iman Karim Khalid Laila Lina Majid Mariam Nadia Nasser Noura Omar
    Rania Rashid Reem Salma Sami Tariq Yasmin Youssef Zainab""",
    """Abbas Awad Aziz Darwish Fadel Farouk Ghanem Haddad Hamdan Harb Jaber Kanaan
    Khalil Khoury Mansour Masri Nasr Odeh Qasim Rahman Saab Salameh Shaheen Tahan
    Yaqub Zayed""",
)
_CHINESE: Final = (
    """Chia-Hao Chia-Ling Chih-Ming Hsiao-Han Hsin-Yi Hui-Min Jun-Jie Ka-Man Ka-Yan
    Kai-Wen Mei-Hua Mei-Ling Pei-Shan Shu-Fen Tsz-Kit Wai-Ling Wei-Lun Wing-Yan
    Ya-Ting Yi-Chun Yu-Hsuan Zhi-Wei""",
    """Chan Chang Chen Cheung Chou Fung Ho Hsieh Hsu Huang Kuo Kwok Lai Lam Lau Lee
    Lin Liu Lo Ng Pan Tsai Tsang Wang Wong Wu Yang Yip""",
)
_HEBREW: Final = (
    """Adi Alon Amit Ariel Avital Dana Eitan Gal Guy Hadas Inbar Itai Lior Maya
    Michal Nadav Noa Ofer Omer Or Roni Shir Tal Tamar Tomer Uri Yael Yonatan Yuval
    Ziv""",
    """Amar Azoulay Bar-On Ben-David Biton Carmi Cohen Dahan Eliyahu Friedman Gabay
    Golan Harel Katz Levi Mizrahi Mor Ohana Peretz Rosen Sela Shapira Sharabi Tzur
    Vaknin Zohar""",
)
_KOREAN: Final = (
    """Bo-ram Da-eun Dong-hyun Eun-ji Ha-neul Hye-jin Hyun-woo Ji-hoon Ji-min Ji-won
    Joon-ho Kyung-soo Min-jae Min-seo Sang-woo Seo-yeon Seung-min So-yeon Soo-jin
    Sung-min Tae-yang Woo-jin Ye-rin Yoo-jin Young-ho Yu-na""",
    """Ahn Bae Baek Cha Cho Choi Han Hong Hwang Jang Jeon Jung Kang Kim Kwon Lim Moon
    Nam Noh Oh Park Ryu Seo Shin Song Yoon""",
)
_THAI: Final = (
    """Anan Anong Apinya Arthit Chai Chanida Kanya Kittisak Krit Malee Mali Narong
    Nattapong Nicha Nok Pim Ploy Prasert Ratana Siriporn Somchai Somsak Sunisa
    Suda Thanawat Wichai""",
    """Boonmee Charoensuk Chaiyasit Inthanon Jaidee Kaewkla Kittikhun Limsakul
    Meechai Nakprasit Phromma Phongphan Rattanakul Saelim Saetang Sangthong Sombat
    Srisuk Suwannarat Thongdee Wattana Wongsawat""",
)
_VIETNAMESE: Final = (
    """An Bao Binh Chi Dung Giang Ha Hai Hanh Hieu Hoa Hung Huong Khanh Lan Linh Long
    Mai Minh Nam Nga Ngoc Phuong Quan Quynh Son Thao Thu Trang Tuan Vy Yen""",
    """Bui Cao Dang Dinh Do Doan Duong Hoang Ho Huynh Lam Luong Ly Mac Ngo Nguyen
    Pham Phan Ta Tran Trinh Truong Vo Vu""",
)
# Faker locale -> its culture's names
POOLS: Final[dict[str, tuple[str, str]]] = {
    "ar_AE": _ARABIC,
    "he_IL": _HEBREW,
    "ko_KR": _KOREAN,
    "th_TH": _THAI,
    "vi_VN": _VIETNAMESE,
    "zh_TW": _CHINESE,
}
# locales whose Faker provider spells names in Latin letters on request
ROMANISED: Final = frozenset({"ja_JP"})
